import { useState } from "react";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { mayResume, mediumIsDone, type Run } from "#contract/runs.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { UnfinishedBatches } from "../batch/UnfinishedBatches.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { endedWords, leftBehind } from "../words.ts";

/** Runs that ended early and still wait for a decision: go on, or put aside. */
export function UnfinishedRuns() {
  const runs = useApp((app) => app.runs);
  return (
    <>
      <UnfinishedBatches />
      {runs
        .filter((run) => mayResume(run) && run.batch === null)
        .map((run) => (
          <UnfinishedRun key={run.id} run={run} />
        ))}
    </>
  );
}

function UnfinishedRun({ run }: { run: Run }) {
  const { app, wizard, navigation } = useStores();
  const [error, setError] = useState<ErrorData | null>(null);
  if (error) return <ErrorNotice error={error} />;
  const phase = "phase" in run.status ? run.status.phase : "image";
  const isBehindMedium = run.kind === "install" && mediumIsDone(run);
  const follow = async () => {
    await app.followRun(run.id);
    navigation.go({ place: "run", runId: run.id });
  };
  const goOn = () =>
    isBehindMedium ? void follow().catch((thrown) => setError(toErrorData(thrown))) : wizard.resume(run);
  const putAside = () => app.dismissRun(run.id).catch((thrown) => setError(toErrorData(thrown)));
  return (
    <Notice
      tone={run.status.state === "failed" ? "bad" : "look"}
      title={endedWords(run)}
      actions={
        <>
          <Button look="quiet" onClick={() => navigation.go({ place: "run", runId: run.id })}>
            Show
          </Button>
          <Button look="quiet" onClick={() => void putAside()}>
            Put aside
          </Button>
          <Button look="quiet" onClick={goOn}>
            {isBehindMedium ? "Go on" : "Resume"}
          </Button>
        </>
      }
    >
      <p>{leftBehind(phase, run.medium)}</p>
    </Notice>
  );
}
