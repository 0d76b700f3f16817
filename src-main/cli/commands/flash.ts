import { resolve } from "node:path";
import { formatBytes, formatSeconds } from "#core/text/format.ts";
import { chooseDrive, type DriveOptions, requireDriveOptions } from "../choose-drive.ts";
import { type Context, withFloppy } from "../context.ts";

export type FlashOptions = DriveOptions & { image: string };

/** Writes an image as it is: the medium gets no identity, the inventory no device. */
export async function flash(context: Context, options: FlashOptions): Promise<void> {
  requireDriveOptions(context, options);
  const { report, signal } = context;
  await withFloppy(context, async (floppy) => {
    const { drives } = await floppy.handlers["app.state"]({});
    const drive = await chooseDrive(context, drives, options);
    const { inspection, result } = await floppy.flashImage(
      { path: resolve(options.image), driveKey: drive.key },
      {
        progress: (stage, progress) => report.progress(stage, { kind: "transfer", ...progress }),
        log: report.log,
      },
      signal,
    );
    report.done("write", `${formatBytes(result.sizeBytes)} in ${formatSeconds(result.writeSeconds)}`);
    report.done("verify", `read back the same in ${formatSeconds(result.verifySeconds)}`);
    report.result(
      { inspection, drive, result },
      `${drive.name} holds ${options.image}: written and verified.`,
    );
  });
}
