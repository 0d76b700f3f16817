import { useEffect, useEffectEvent } from "react";
import { isTargetPhase, mediumIsDone, type PhaseName, type Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { ErrorNotice, Notice } from "../../ui/Notice.tsx";
import { Columns, Facts, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { leftBehind, phaseNames } from "../words.ts";
import { PhaseChips } from "./PhaseChips.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunLog } from "./RunLog.tsx";
import styles from "./run.module.css";
import { type LogSwitch, useRunAct } from "./run-act.tsx";

/** What ended, in a few words: `Writing failed`. */
function headingOf({ state, phase }: Ended): string {
  if (state === "failed" && phase === "image") return "There is no image";
  const acts = { write: "Writing", verify: "Verifying", image: "Getting the image" } as const;
  const act = isTargetPhase(phase) ? `“${phaseNames[phase]}”` : acts[phase];
  if (state === "failed") return `${act} failed`;
  if (state === "paused") return `Paused before ${act}`;
  const how = state === "cancelled" ? "Cancelled" : "Interrupted";
  if (phase === "image") return how;
  return isTargetPhase(phase) ? `${how} at ${act}` : `${how} while ${act.toLowerCase()}`;
}

type Ended = { state: "failed" | "cancelled" | "interrupted" | "paused"; phase: PhaseName };

/** A run that ended early: what happened, what is safe, what next. */
export function RunEnded({ run, log }: { run: Run; log: LogSwitch }) {
  const { app, wizard, navigation } = useStores();
  const { attempt, failure } = useRunAct();
  const { status } = run;
  const isFailed = status.state === "failed";
  const openLog = useEffectEvent(log.open);
  // After a failure the log is what one wants to read next.
  useEffect(() => {
    if (isFailed) openLog();
  }, [isFailed]);
  if (!("phase" in status) || status.state === "running") return null;
  // Behind the medium nothing is asked about a drive: the run goes on where it stopped.
  const isBehindMedium = run.installation !== null && mediumIsDone(run);
  const goOn = () => (isBehindMedium ? attempt(app.followRun(run.id)) : wizard.resume(run));

  async function putAside() {
    await app.dismissRun(run.id);
    navigation.go({ place: "wizard" });
  }

  return (
    <Screen
      tone={status.state === "failed" ? "bad" : undefined}
      title={headingOf(status)}
      // What failed says itself what is safe: it may have failed before the first byte, or long after.
      lead={
        isFailed ? "What happened, what is safe, and what to do next:" : leftBehind(status.phase, run.medium)
      }
      left={
        <>
          <Button onClick={() => attempt(putAside())}>Put aside</Button>
          {isBehindMedium && <Button onClick={() => wizard.resume(run)}>Write the stick again</Button>}
        </>
      }
      right={
        <>
          <Button onClick={log.toggle} aria-expanded={log.isOpen} shortcut="L">
            {log.isOpen ? "Hide log" : "Show log"}
          </Button>
          <Button look="main" autoFocus onClick={goOn}>
            {isBehindMedium ? "Go on" : status.state === "failed" ? "Try again" : "Resume"}
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
            Phases that are done stay done. It goes on at the first one that is not
            {isBehindMedium ? ", on the same machine." : "; you choose the drive again."}
          </p>
        </Notice>
      )}
      <Columns>
        <div className={styles.sheets}>
          <PhaseChips run={run} />
          {run.installation !== null && <HostKeys run={run} />}
          {log.isOpen && <RunLog runId={run.id} />}
        </div>
        <Panel>
          <RunFacts run={run} />
        </Panel>
      </Columns>
    </Screen>
  );
}

/** Where another machine answered: both keys below each other, so that they can be compared with its screen. */
function HostKeys({ run }: { run: Run }) {
  if (run.status.state !== "failed" || run.status.error.code !== "HOST_KEY_WRONG") return null;
  const { expected, found } = run.status.error.details;
  return (
    <Panel title="Host keys">
      <Facts
        facts={[
          { name: "On the stick", value: <code>{String(expected)}</code> },
          { name: "Answered", value: <code>{String(found ?? "of another kind")}</code> },
        ]}
      />
    </Panel>
  );
}
