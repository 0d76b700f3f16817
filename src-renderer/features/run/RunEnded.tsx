import { useEffect, useEffectEvent } from "react";
import type { Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { ErrorNotice, Notice } from "../../ui/Notice.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { leftBehind } from "../words.ts";
import { PhaseChips } from "./PhaseChips.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunLog } from "./RunLog.tsx";
import styles from "./run.module.css";
import { type LogSwitch, useRunAct } from "./run-act.tsx";

const headings = {
  failed: { image: "There is no image", write: "Writing failed", verify: "Verifying failed" },
  cancelled: { image: "Cancelled", write: "Cancelled while writing", verify: "Cancelled while verifying" },
  interrupted: {
    image: "Interrupted",
    write: "Interrupted while writing",
    verify: "Interrupted while verifying",
  },
} as const;

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
  if (status.state !== "failed" && status.state !== "cancelled" && status.state !== "interrupted")
    return null;

  async function putAside() {
    await app.dismissRun(run.id);
    navigation.go({ place: "wizard" });
  }

  return (
    <Screen
      tone={status.state === "failed" ? "bad" : undefined}
      title={headings[status.state][status.phase]}
      // What failed says itself what is safe: it may have failed before the first byte, or long after.
      lead={
        isFailed ? "What happened, what is safe, and what to do next:" : leftBehind(status.phase, run.medium)
      }
      left={<Button onClick={() => attempt(putAside())}>Put aside</Button>}
      right={
        <>
          <Button onClick={log.toggle} aria-expanded={log.isOpen} shortcut="L">
            {log.isOpen ? "Hide log" : "Show log"}
          </Button>
          <Button look="main" autoFocus onClick={() => wizard.resume(run)}>
            {status.state === "failed" ? "Try again" : "Resume"}
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
            Phases that are done stay done. Resume goes on at the first one that is not; you choose the drive
            again.
          </p>
        </Notice>
      )}
      <Columns>
        <div className={styles.sheets}>
          <PhaseChips phases={run.phases} />
          {log.isOpen && <RunLog runId={run.id} />}
        </div>
        <Panel>
          <RunFacts run={run} />
        </Panel>
      </Columns>
    </Screen>
  );
}
