/** What a run knows of the machine that it installs, and learns of it. */
import { installationOf as known, type Run } from "#contract/runs.ts";
import { type Installation, nothingInstalled } from "#contract/targets.ts";
import type { Recorder } from "../runs/recorder.ts";

type Known = { recorder: Recorder };

export function installationOf({ recorder }: Known): Installation {
  return known(recorder.current()) ?? nothingInstalled;
}

export function learned(run: Run, found: Partial<Installation>): Run {
  return run.kind === "install" ? { ...run, installation: { ...run.installation, ...found } } : run;
}

export async function learn({ recorder }: Known, found: Partial<Installation>): Promise<void> {
  await recorder.change((run) => learned(run, found));
}
