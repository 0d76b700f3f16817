import { useEffect, useEffectEvent } from "react";
import { mediumIsDone, type PhaseName, type Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { capital, leftBehind, machineNeeds, phaseActs, phaseNames } from "../words.ts";
import { AgainFrom } from "./AgainFrom.tsx";
import { PhaseChips } from "./PhaseChips.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunLog } from "./RunLog.tsx";
import styles from "./run.module.css";
import { type LogSwitch, useRunAct } from "./run-act.tsx";
import { Stranger } from "./Stranger.tsx";

type Ended = Extract<Run["status"], { phase: PhaseName }>;

/** What ended, in a few words: `Writing failed`. */
function headingOf({ state, phase }: Ended): string {
  if (state === "failed")
    return phase === "image" ? "There is no image" : `${capital(phaseActs[phase])} failed`;
  if (state === "paused") return `Paused before ${phaseActs[phase]}`;
  const how = state === "cancelled" ? "Cancelled" : "Interrupted";
  return phase === "image" ? how : `${how} while ${phaseActs[phase]}`;
}

/** A run that ended early: what happened, what is safe, what next. */
export function RunEnded({ run, log }: { run: Run; log: LogSwitch }) {
  const { status } = run;
  const isFailed = status.state === "failed";
  const openLog = useEffectEvent(log.open);
  const isStranger = status.state === "failed" && status.error.code === "HOST_KEY_WRONG";
  // After a failure the log is what one wants to read next; of a stranger it has nothing to tell.
  useEffect(() => {
    if (isFailed && !isStranger) openLog();
  }, [isFailed, isStranger]);
  if (!("phase" in status) || status.state === "running") return null;
  // Behind the medium nothing is asked about a drive: the run goes on where it stopped.
  if (run.kind === "install" && mediumIsDone(run)) return <TargetEnded run={run} status={status} log={log} />;
  return <MediumEnded run={run} status={status} log={log} />;
}

type EndedProps = { run: Run; status: Ended; log: LogSwitch };

function LogButton({ log }: { log: LogSwitch }) {
  return (
    <Button onClick={log.toggle} aria-expanded={log.isOpen} shortcut="L">
      {log.isOpen ? "Hide log" : "Show log"}
    </Button>
  );
}

function usePutAside(run: Run) {
  const { app, navigation } = useStores();
  return async () => {
    await app.dismissRun(run.id);
    navigation.go({ place: "wizard" });
  };
}

function MediumEnded({ run, status, log }: EndedProps) {
  const { wizard } = useStores();
  const { attempt, failure } = useRunAct();
  const putAside = usePutAside(run);
  const isFailed = status.state === "failed";
  return (
    <Screen
      tone={isFailed ? "bad" : undefined}
      title={headingOf(status)}
      // What failed says itself what is safe: it may have failed before the first byte, or long after.
      lead={
        isFailed ? "What happened, what is safe, and what to do next:" : leftBehind(status.phase, run.medium)
      }
      left={<Button onClick={() => attempt(putAside())}>Put aside</Button>}
      right={
        <>
          <LogButton log={log} />
          <Button look="main" autoFocus onClick={() => wizard.resume(run)}>
            {isFailed ? "Try again" : "Resume"}
          </Button>
        </>
      }
    >
      {failure}
      {status.state === "failed" ? (
        <ErrorNotice error={status.error} />
      ) : (
        <Notice tone="look" title={`${run.serial} is not ready.`}>
          <p>
            Phases that are done stay done. It goes on at the first one that is not; you choose the drive
            again.
          </p>
        </Notice>
      )}
      <Columns>
        <div className={styles.sheets}>
          <PhaseChips run={run} />
          {log.isOpen && <RunLog runId={run.id} />}
        </div>
        <Panel>
          <RunFacts run={run} />
        </Panel>
      </Columns>
    </Screen>
  );
}

function TargetEnded({ run, status, log }: EndedProps) {
  const { app, wizard } = useStores();
  const { attempt, failure } = useRunAct();
  const putAside = usePutAside(run);
  const { phase } = status;
  const error = status.state === "failed" ? status.error : null;
  const isStranger = error?.code === "HOST_KEY_WRONG";
  const follow = (phases: PhaseName[] | null) => attempt(app.followRun(run.id, phases));
  const from = (first: PhaseName) => follow(run.phases.map(({ name }) => name).slice(indexOf(run, first)));
  return (
    <Screen
      tone={error ? "bad" : undefined}
      title={isStranger ? "Another machine answered" : headingOf(status)}
      // What failed says itself what is safe.
      lead={
        isStranger
          ? "Take this seriously: another machine, or somebody in between, answered in its place."
          : error
            ? "What happened, what is safe, and what to do next:"
            : leftBehind(phase, run.medium)
      }
      left={
        <>
          <Button onClick={() => attempt(putAside())}>Put aside</Button>
          <Button onClick={() => wizard.resume(run)}>Write the stick again</Button>
        </>
      }
      right={
        <>
          {error && !isStranger && <Button onClick={() => follow([phase])}>Retry this phase only</Button>}
          <Button look="main" autoFocus onClick={() => follow(null)}>
            {isStranger ? "Look again" : "Go on"}
          </Button>
        </>
      }
    >
      {failure}
      {error && <ErrorNotice error={error} />}
      {isStranger && <Stranger error={error} />}
      {!isStranger && (
        <Notice tone="look" title={`${run.serial} is not installed yet.`}>
          <p>
            Phases that are done stay done: “Go on” begins with “{phaseNames[phase]}” and does all that is
            left. {machineNeeds(phase)}
          </p>
        </Notice>
      )}
      <Columns>
        <div className={styles.sheets}>
          {!isStranger && <PhaseChips run={run} />}
          {!isStranger && <AgainFrom run={run} onAgain={from} />}
          <div>
            <LogButton log={log} />
          </div>
          {log.isOpen && <RunLog runId={run.id} />}
        </div>
        <Panel>
          <RunFacts run={run} />
        </Panel>
      </Columns>
    </Screen>
  );
}

const indexOf = (run: Run, wanted: PhaseName): number => run.phases.findIndex(({ name }) => name === wanted);
