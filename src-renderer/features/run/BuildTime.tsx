import { QUIET_MS } from "#contract/quiet.ts";
import { useRuns } from "../../stores/use-stores.ts";
import { formatDuration } from "../../ui/format.ts";
import { StateMark } from "../../ui/StateMark.tsx";
import { useNow } from "../use-now.ts";

/** How long a build takes so far, and whether nix has gone quiet: one that hangs must not look like one that works. */
export function BuildTime({ runId, startedAt }: { runId: string; startedAt: string }) {
  const heardMs = useRuns((view) => view.heardMs[runId] ?? view.listeningMs);
  const now = useNow();
  const quietMs = now - heardMs;
  return (
    <>
      <span>{formatDuration((now - Date.parse(startedAt)) / 1000)} so far</span>
      {quietMs >= QUIET_MS && (
        <StateMark tone="look">{`Nix has said nothing for ${formatDuration(quietMs / 1000)}`}</StateMark>
      )}
    </>
  );
}
