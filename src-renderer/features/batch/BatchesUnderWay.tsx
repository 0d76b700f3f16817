import type { Run } from "#contract/runs.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { StateMark } from "../../ui/StateMark.tsx";
import { batchIds, batchRows, tallyOf, tallyWords, toneOf } from "./batch-rows.ts";

type BatchesUnderWayProps = {
  shownRun: Run | undefined;
  shownBatch: string | null;
  serialStyle: string | undefined;
};

/** The way back to batches that are under way, and to the one of the card that is looked at. */
export function BatchesUnderWay({ shownRun, shownBatch, serialStyle }: BatchesUnderWayProps) {
  const { navigation } = useStores();
  const runs = useApp((app) => app.runs);
  const isWanted = (run: Run) => run.status.state === "running" || run.id === shownRun?.id;
  return batchIds(runs, isWanted)
    .filter((id) => id !== shownBatch)
    .map((batchId) => {
      const tally = tallyOf(batchRows(runs, batchId));
      return (
        <button key={batchId} type="button" onClick={() => navigation.go({ place: "batch", batchId })}>
          <span className={serialStyle}>Batch of {tally.total}</span>
          <StateMark tone={toneOf(tally)}>{tallyWords(tally)}</StateMark>
        </button>
      );
    });
}
