import { useRuns } from "../../stores/use-stores.ts";
import { formatClock } from "../../ui/format.ts";
import { LogView } from "../../ui/LogView.tsx";
import { Waiting } from "../../ui/Meter.tsx";
import { ErrorNotice } from "../../ui/Notice.tsx";

/** A build writes tens of thousands of lines; the newest are drawn, all are in the journal. */
const DRAWN = 1000;

type RunLogProps = { runId: string; reveal?: boolean };

/** `reveal` scrolls it into sight when it opens below what the window shows. */
export function RunLog({ runId, reveal = false }: RunLogProps) {
  const log = useRuns((view) => view.logs[runId]);
  if (!log || log.state === "loading") return <Waiting>Reading the log…</Waiting>;
  if (log.state === "failed") return <ErrorNotice error={log.error} />;
  const left = Math.max(0, log.lines.length - DRAWN);
  const lines = log.lines.slice(left).map((line, index) => ({
    ...line,
    id: left + index,
    at: formatClock(line.at, true),
  }));
  return (
    <>
      {left > 0 && (
        <p>
          The newest {DRAWN} lines; {left} earlier ones are in the journal.
        </p>
      )}
      <LogView label="Log" lines={lines} reveal={reveal} />
    </>
  );
}
