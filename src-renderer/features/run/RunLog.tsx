import type { LogLine, Run } from "#contract/runs.ts";
import { useRuns } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { formatClock } from "../../ui/format.ts";
import { LogView } from "../../ui/LogView.tsx";
import { Waiting } from "../../ui/Meter.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { logFileName, logFileText } from "./log-file.ts";

/** A build writes tens of thousands of lines; the newest are drawn, all are in the journal. */
const DRAWN = 1000;

/** As a text file, by the browser's own way of saving. */
function saveLog(run: Run, lines: LogLine[]): void {
  const address = URL.createObjectURL(new Blob([logFileText(run, lines)], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = logFileName(run);
  link.click();
  URL.revokeObjectURL(address);
}

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
      <div>
        <Button look="quiet" onClick={() => saveLog(log.run, log.lines)}>
          Save the log
        </Button>
      </div>
    </>
  );
}
