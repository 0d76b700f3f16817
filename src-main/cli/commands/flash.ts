import { resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import type { Inspection } from "#contract/images.ts";
import { formatBytes, formatSeconds } from "#core/text/format.ts";
import { chooseDrive, type DriveOptions, requireDriveOptions } from "../choose-drive.ts";
import { type Context, withFloppy } from "../context.ts";

export type FlashOptions = DriveOptions & { image: string; anyway?: boolean };

/** What holds neither a partition table nor a file system is seldom meant: a person says that it is. */
async function agreeToUnrecognised(
  { terminal, json, report, signal }: Context,
  { image, anyway }: FlashOptions,
  inspection: Inspection,
): Promise<void> {
  if (!inspection.unrecognised) return;
  const found = `${image} holds neither a partition table nor a file system: it may be no image at all.`;
  if (anyway) return report.note(found);
  if (!terminal.interactive || json) {
    throw new FloppyError(
      "IMAGE_FORMAT_UNKNOWN",
      found,
      "Nothing was written. If it is meant to be written as it is, say so with --anyway.",
    );
  }
  const answer = await terminal.ask(`${found}\nType "anyway" to write it as it is: `, signal);
  if (answer.trim().toLowerCase() === "anyway") return;
  throw new FloppyError("CANCELLED", "That was not anyway.", "Nothing was written. Choose another image.");
}

/** Writes an image as it is: the medium gets no identity, the inventory no device. */
export async function flash(context: Context, options: FlashOptions): Promise<void> {
  requireDriveOptions(context, options);
  const { report, signal } = context;
  await withFloppy(context, async (floppy) => {
    const drive = await chooseDrive(context, await floppy.handlers["drives.list"]({}), options);
    const { inspection, result } = await floppy.flashImage(
      { path: resolve(options.image), driveKey: drive.key },
      {
        progress: (stage, progress) => report.progress(stage, { kind: "transfer", ...progress }),
        log: report.log,
        agree: (found) => agreeToUnrecognised(context, options, found),
      },
      signal,
    );
    const saved = result.savedBytes > 0 ? `, ${formatBytes(result.savedBytes)} were there already` : "";
    report.done("write", `${formatBytes(result.sizeBytes)} in ${formatSeconds(result.writeSeconds)}${saved}`);
    report.done("verify", `read back the same in ${formatSeconds(result.verifySeconds)}`);
    report.result(
      { inspection, drive, result },
      `${drive.name} holds ${options.image}: written and verified.`,
    );
  });
}
