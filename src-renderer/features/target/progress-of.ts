import type { PhaseProgress, Run } from "#contract/runs.ts";

/** What the phase under way tells of itself. */
export function progressOf(run: Run): PhaseProgress | null {
  const running = run.phases.find(({ status }) => status.state === "running");
  return running?.status.state === "running" ? running.status.progress : null;
}
