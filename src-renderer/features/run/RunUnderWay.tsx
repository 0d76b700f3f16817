import { useEffect, useState } from "react";
import type { Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useKey } from "../use-key.ts";
import { cancelLeaves, phaseHeading } from "../words.ts";
import { PhaseChips } from "./PhaseChips.tsx";
import { PhaseProgress } from "./PhaseProgress.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunLog } from "./RunLog.tsx";
import styles from "./run.module.css";
import { type LogSwitch, useRunAct } from "./run-act.tsx";

export function RunUnderWay({ run, log }: { run: Run; log: LogSwitch }) {
  const { app, wizard, navigation } = useStores();
  const [isCancelling, setCancelling] = useState(false);
  const { attempt, failure } = useRunAct();
  const phase = run.status.state === "running" ? run.status.phase : "image";
  const another = () => {
    wizard.restart();
    navigation.go({ place: "wizard" });
  };

  return (
    <Screen
      title={phaseHeading(phase, run)}
      lead="You can leave this screen. The run goes on, and the left side tells where it stands."
      left={!isCancelling && <Button onClick={() => setCancelling(true)}>Cancel run</Button>}
      hint={
        isCancelling && (
          <CancelQuestion
            leaves={cancelLeaves(phase, run.medium)}
            onKeep={() => setCancelling(false)}
            onCancel={() => attempt(app.cancelRun(run.id))}
          />
        )
      }
      right={
        !isCancelling && (
          <>
            <Button onClick={log.toggle} aria-expanded={log.isOpen} shortcut="L">
              {log.isOpen ? "Hide log" : "Show log"}
            </Button>
            <Button onClick={another}>Start another device</Button>
          </>
        )
      }
    >
      {failure}
      <Columns>
        <Panel>
          <PhaseProgress run={run} />
          <PhaseChips phases={run.phases} />
        </Panel>
        <Panel>
          <RunFacts run={run} />
        </Panel>
      </Columns>
      {log.isOpen && <RunLog runId={run.id} reveal />}
      <Announcement words={phaseHeading(phase, run)} />
    </Screen>
  );
}

type CancelQuestionProps = { leaves: string; onKeep: () => void; onCancel: () => void };

/** In the bar, where the hand already is: what cancelling leaves behind, and the way back first. */
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

/** Said once per phase; the percentage itself would never let a screen reader finish. */
function Announcement({ words }: { words: string }) {
  return (
    <p className="visually-hidden" aria-live="polite">
      {words}
    </p>
  );
}
