import { useRuns } from "../../stores/use-stores.ts";
import { formatClock } from "../../ui/format.ts";
import { LogView } from "../../ui/LogView.tsx";
import { Waiting } from "../../ui/Meter.tsx";
import { ErrorNotice } from "../../ui/Notice.tsx";

export function RunLog({ runId }: { runId: string }) {
  const log = useRuns((view) => view.logs[runId]);
  if (!log || log.state === "loading") return <Waiting>Reading the log…</Waiting>;
  if (log.state === "failed") return <ErrorNotice error={log.error} />;
  return (
    <LogView
      label="Log"
      lines={log.lines.map((line, id) => ({ ...line, id, at: formatClock(line.at, true) }))}
    />
  );
}
