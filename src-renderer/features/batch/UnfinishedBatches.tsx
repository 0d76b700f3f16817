import { useState } from "react";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { mayResume } from "#contract/runs.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { plural } from "../../ui/format.ts";
import { Notice } from "../../ui/Notice.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { batchIds, runsOfBatch } from "./batch-rows.ts";

/** Batches of which cards still wait for a decision: each goes on by itself, on the batch’s screen. */
export function UnfinishedBatches() {
  const runs = useApp((app) => app.runs);
  return batchIds(runs, mayResume).map((batchId) => <UnfinishedBatch key={batchId} batchId={batchId} />);
}

function UnfinishedBatch({ batchId }: { batchId: string }) {
  const { app, navigation } = useStores();
  const runs = useApp((view) => view.runs);
  const [error, setError] = useState<ErrorData | null>(null);
  if (error) return <ErrorNotice error={error} />;
  const own = runsOfBatch(runs, batchId);
  const left = own.filter(mayResume);
  const total = own[0]?.batch?.serials.length ?? own.length;
  const hasFailed = left.some(({ status }) => status.state === "failed");
  const putAside = async () => {
    for (const { id } of left) await app.dismissRun(id);
  };
  return (
    <Notice
      tone={hasFailed ? "bad" : "look"}
      title={`${left.length} of a batch of ${plural(total, "card")} ${left.length === 1 ? "is" : "are"} not finished.`}
      actions={
        <>
          <Button
            look="quiet"
            onClick={() => void putAside().catch((thrown) => setError(toErrorData(thrown)))}
          >
            Put aside
          </Button>
          <Button look="quiet" onClick={() => navigation.go({ place: "batch", batchId })}>
            Show the batch
          </Button>
        </>
      }
    >
      <p>{left.map(({ serial }) => serial).join(", ")}. A card that was not verified does not boot.</p>
    </Notice>
  );
}
