import { resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import type { ImageChoice } from "#contract/images.ts";
import type { Run } from "#contract/runs.ts";
import { checkPair } from "#core/catalog/pairs.ts";
import { chooseDrive, type DriveOptions, requireDriveOptions } from "../choose-drive.ts";
import { type Context, withFloppy } from "../context.ts";
import { followRun } from "../follow-run.ts";

export type ProvisionOptions = DriveOptions & { role?: string; image?: string };

export function imageChoice(path: string | undefined): ImageChoice {
  return path === undefined ? { kind: "build" } : { kind: "file", path: resolve(path) };
}

function requireRole(role: string | null | undefined): string {
  if (role) return role;
  throw new FloppyError(
    "INVALID_INPUT",
    "The device has no role yet.",
    "Nothing was written. Name one with --role; `floppy catalog` lists them.",
  );
}

/** A stick installs a device; it is none, and carries no identity. */
function outcome({ drive, medium, serial, target }: Run): string {
  const became = medium === "card" ? serial : `an installer stick for ${serial}`;
  return `${drive.name} is now ${became}, ${target}: written and verified.`;
}

/** Everything that can be refused is refused before a person is asked to give up a drive. */
export async function provision(context: Context, text: string, options: ProvisionOptions): Promise<void> {
  requireDriveOptions(context, options);
  await withFloppy(context, async (floppy) => {
    const { serial, host, known } = await floppy.handlers["devices.identify"]({ text });
    const role = requireRole(options.role ?? known?.role);
    const { catalog, drives } = await floppy.handlers["app.state"]({});
    checkPair(catalog, host, role);
    const { key } = await chooseDrive(context, drives, options);
    const run = await followRun(floppy, context, () =>
      floppy.handlers["runs.start"]({
        serial,
        role,
        image: imageChoice(options.image),
        driveKey: key,
        eraseConfirmed: key,
      }),
    );
    context.report.result({ run }, outcome(run));
  });
}
