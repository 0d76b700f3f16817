import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "#adapters/data-folder.ts";
import type { ImageChoice } from "#contract/images.ts";
import type { PhaseProgress, Run } from "#contract/runs.ts";
import { checkPair, targetName } from "#core/catalog/pairs.ts";
import type { Core } from "#core/floppy.ts";
import { type Context, withFloppy } from "../context.ts";
import { followRun } from "../follow-run.ts";
import { readIdentity } from "../read-identity.ts";
import { imageChoice } from "./provision.ts";

export type PracticeOptions = { role: string; image?: string };

const MIB = 1024 ** 2;

/** Room for the image, in whole MiB, and no less than a practice drive may have. */
export function practiceSize(imageBytes: number): number {
  return Math.max(16, Math.ceil(imageBytes / MIB)) * MIB;
}

async function imageBytes(
  floppy: Core,
  { report, signal }: Context,
  target: string,
  choice: ImageChoice,
): Promise<number> {
  const progress = (current: PhaseProgress) => report.progress("image", current);
  return (await floppy.obtainImage(target, choice, { progress, log: report.log }, signal)).sizeBytes;
}

async function tellIdentity(context: Context, run: Run): Promise<void> {
  const offset = run.image?.firmware?.offset;
  const identity = offset === undefined ? null : await readIdentity(run.drive.identity.path, offset);
  const found = identity
    ? `Read back from the medium:\n${JSON.stringify(identity, null, 2)}`
    : "Install mtools to have the identity read back from the medium here.";
  context.report.result({ run, identity }, `Written and verified on a practice drive. ${found}`);
}

async function demonstrate(
  floppy: Core,
  context: Context,
  text: string,
  options: PracticeOptions,
): Promise<void> {
  const { handlers } = floppy;
  const { serial, host } = await handlers["devices.identify"]({ text });
  const { catalog } = await handlers["app.state"]({});
  const pair = checkPair(catalog, host, options.role);
  const image = await imageChoice(floppy, pair, options.image);
  const sizeBytes = practiceSize(await imageBytes(floppy, context, targetName(pair), image));
  const { key } = await handlers["drives.createPractice"]({ sizeBytes });
  try {
    const run = await followRun(floppy, context, () =>
      handlers["runs.start"]({
        serial,
        role: options.role,
        image,
        driveKey: key,
        eraseConfirmed: key,
      }),
    );
    await tellIdentity(context, run);
  } finally {
    await handlers["drives.removePractice"]({ driveKey: key });
  }
}

/** The whole job on a practice drive, in a data folder of its own, so that the inventory stays as it is. */
export async function practice(context: Context, text: string, options: PracticeOptions): Promise<void> {
  const { wifi: _secret, ...settings } = await withFloppy(
    context,
    async ({ handlers }) => (await handlers["app.state"]({})).settings,
  );
  const parent = dataFolder(process.env);
  const folder = await mkdtemp(join(parent, "demonstration-"));
  try {
    await withFloppy(
      context,
      async (floppy) => {
        await floppy.handlers["settings.update"](settings);
        await demonstrate(floppy, context, text, options);
      },
      folder,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
