import { installationOf, type PhaseName, type Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { BootScreen } from "../target/BootScreen.tsx";
import { DiskScreen } from "../target/DiskScreen.tsx";
import { progressOf } from "../target/progress-of.ts";
import { ReachScreen } from "../target/ReachScreen.tsx";
import { phaseHeading, phaseLead } from "../words.ts";
import { PhaseChips } from "./PhaseChips.tsx";
import { PhaseProgress } from "./PhaseProgress.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunLog } from "./RunLog.tsx";
import type { LogSwitch } from "./run-act.tsx";
import { useCancel } from "./use-cancel.tsx";

export function RunUnderWay({ run, log }: { run: Run; log: LogSwitch }) {
  const { wizard, navigation } = useStores();
  const phase = run.status.state === "running" ? run.status.phase : "image";
  const cancel = useCancel(run, phase);
  const another = () => {
    wizard.restart();
    navigation.go({ place: "wizard" });
  };
  const facts = installationOf(run)?.facts ?? null;
  const progress = progressOf(run);
  const asksForDisk = progress?.kind === "question" && progress.question === "disk";
  if (asksForDisk && facts) return <DiskScreen run={run} facts={facts} cancel={cancel} />;

  const bar = cancel.isAsked
    ? { hint: cancel.question }
    : {
        left: <Button onClick={cancel.ask}>Cancel run</Button>,
        right: (
          <>
            <Button onClick={log.toggle} aria-expanded={log.isOpen} shortcut="L">
              {log.isOpen ? "Hide log" : "Show log"}
            </Button>
            <Button onClick={another}>Start another device</Button>
          </>
        ),
      };
  return (
    <Screen title={phaseHeading(phase, run)} lead={phaseLead(phase, run)} {...bar}>
      {cancel.failure}
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
        <PhaseChips run={run} />
      </Panel>
      <Panel>
        <RunFacts run={run} />
      </Panel>
    </Columns>
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
