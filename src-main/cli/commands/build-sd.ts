import { type Context, withFloppy } from "../context.ts";

/** Builds the image of a target; the path alone goes to stdout, for `$(…)`. */
export async function buildSd(context: Context, target: string): Promise<void> {
  const { report, signal } = context;
  await withFloppy(context, async (floppy) => {
    const observe = {
      progress: (progress: Parameters<Parameters<typeof floppy.buildImage>[1]["progress"]>[0]) =>
        report.progress("image", { kind: "build", ...progress }),
      log: report.log,
    };
    const image = await floppy.buildImage(target, observe, signal);
    report.result({ image }, image.path);
  });
}
