import { useEffect } from "react";
import type { Run } from "#contract/runs.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { plural } from "../../ui/format.ts";
import { useKey } from "../use-key.ts";
import styles from "./batch.module.css";

type CancelQuestionProps = { runs: Run[]; leaves: string; onKeep: () => void; onCancel: () => void };

/** In the bar, as for a run of its own: what cancelling leaves behind, and the way back first. */
export function CancelQuestion({ runs, leaves, onKeep, onCancel }: CancelQuestionProps) {
  useKey("Escape", onKeep);
  useEffect(() => document.getElementById("keep-going")?.focus(), []);
  const [only] = runs;
  const whom = only && runs.length === 1 ? only.serial : plural(runs.length, "card");
  return (
    <section className={styles.cancel} aria-label={`Cancel ${whom}?`}>
      <Button onClick={onCancel}>Cancel {whom}</Button>
      <span>{leaves}</span>
      <Button id="keep-going" look="main" onClick={onKeep}>
        Keep going <Key>Esc</Key>
      </Button>
    </section>
  );
}
