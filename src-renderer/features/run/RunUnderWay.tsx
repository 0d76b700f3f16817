import { useEffect, useState } from "react";
import type { PhaseName, Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { BootScreen } from "../target/BootScreen.tsx";
import { DiskScreen } from "../target/DiskScreen.tsx";
import { progressOf } from "../target/progress-of.ts";
import { ReachScreen } from "../target/ReachScreen.tsx";
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

  const facts = run.installation?.facts ?? null;
  const progress = progressOf(run);
  const asksForDisk = progress?.kind === "question" && progress.question === "disk";
  if (asksForDisk && facts && !isCancelling)
    return <DiskScreen run={run} facts={facts} onCancel={() => setCancelling(true)} />;

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
      <Work run={run} phase={phase} />
      {log.isOpen && <RunLog runId={run.id} reveal />}
      <Announcement words={phaseHeading(phase, run)} />
    </Screen>
  );
}

function Work({ run, phase }: { run: Run; phase: PhaseName }) {
  if (phase === "boot") return <BootScreen run={run} />;
  if (phase === "reach") return <ReachScreen run={run} />;
  return (
    <Columns>
      <Panel>
        <PhaseProgress run={run} />
        {phase === "plan" && run.installation?.facts && <p>Nothing is erased before the system is ready.</p>}
        <PhaseChips run={run} />
      </Panel>
      <Panel>
        <RunFacts run={run} />
      </Panel>
    </Columns>
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
