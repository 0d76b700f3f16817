import { type ReactNode, useEffect, useState } from "react";
import type { PhaseName, Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { useKey } from "../use-key.ts";
import { cancelLeaves } from "../words.ts";
import styles from "./run.module.css";
import { useRunAct } from "./run-act.tsx";

/** `question` takes the bar's place while it is asked. */
export type CancelRun = { isAsked: boolean; ask(): void; question: ReactNode; failure: ReactNode };

/** Cancelling a run: asked once, where the hand already is, with what it leaves behind. */
export function useCancel(run: Run, phase: PhaseName): CancelRun {
  const { app } = useStores();
  const [isAsked, setAsked] = useState(false);
  const { attempt, failure } = useRunAct();
  return {
    isAsked,
    ask: () => setAsked(true),
    failure,
    question: (
      <CancelQuestion
        leaves={cancelLeaves(phase, run.medium)}
        onKeep={() => setAsked(false)}
        onCancel={() => attempt(app.cancelRun(run.id))}
      />
    ),
  };
}

type CancelQuestionProps = { leaves: string; onKeep: () => void; onCancel: () => void };

/** The way back comes first for the keyboard. */
function CancelQuestion({ leaves, onKeep, onCancel }: CancelQuestionProps) {
  useKey("Escape", onKeep);
  useEffect(() => document.getElementById("keep-going")?.focus(), []);
  return (
    <section className={styles.cancel} aria-label="Cancel this run?">
      <Button onClick={onCancel}>Cancel the run</Button>
      <span>{leaves}</span>
      <Button id="keep-going" look="main" onClick={onKeep}>
        Keep going <Key>Esc</Key>
      </Button>
    </section>
  );
}
