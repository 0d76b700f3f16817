import type { PhaseProgress } from "#contract/runs.ts";
import { type Context, withFloppy } from "../context.ts";

/** Builds the image of a target; the path alone goes to stdout, for `$(…)`. */
export async function buildSd(context: Context, target: string): Promise<void> {
  const { report, signal } = context;
  await withFloppy(context, async (floppy) => {
    const observe = {
      progress: (progress: PhaseProgress) => report.progress("image", progress),
      log: report.log,
    };
    const image = await floppy.obtainImage(target, { kind: "build" }, observe, signal);
    report.result({ image }, image.path);
  });
}
