import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "#adapters/data-folder.ts";
import type { Catalog, Host } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import { fingerprint } from "#contract/fingerprint.ts";
import type { CarriedIdentity } from "#contract/identity.ts";
import type { ImageChoice } from "#contract/images.ts";
import { type PhaseProgress, type Run, runKinds } from "#contract/runs.ts";
import { checkPair, listPairs, type Pair, targetName } from "#core/catalog/pairs.ts";
import type { Core } from "#core/floppy.ts";
import { type Context, withCatalog, withFloppy } from "../context.ts";
import { followRun } from "../follow-run.ts";
import { table } from "../table.ts";
import { imageChoice, requireRole } from "./provision.ts";

export type PracticeOptions = { role?: string; image?: string; build?: boolean };

const MIB = 1024 ** 2;
/** What is put behind a stick's image. */
const STICK_ROOM_BYTES = 32 * MIB;

/** Room for the image, in whole MiB, and no less than a practice drive may have. */
export function practiceSize(imageBytes: number, medium: Host["medium"] = "card"): number {
  const room = medium === "stick" ? STICK_ROOM_BYTES : 0;
  return Math.max(16, Math.ceil((imageBytes + room) / MIB)) * MIB;
}

async function practiceChoice(floppy: Core, pair: Pair, options: PracticeOptions): Promise<ImageChoice> {
  const named = options.image !== undefined || options.build === true;
  return named ? imageChoice(floppy, pair, options.image) : { kind: "practice" };
}

/** The role that was named, or the first that suits. */
function practicePair(catalog: Catalog, host: string, role: string | undefined): Pair {
  const suited = listPairs(catalog).find((pair) => pair.host.name === host)?.role.name;
  return checkPair(catalog, host, requireRole(role ?? suited));
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

async function describe(identity: CarriedIdentity | null): Promise<string> {
  if (!identity) return "It carries no identity.";
  const { serial, hostname, role, host, hostKey } = identity;
  const facts = [
    ["Hostname", hostname],
    ["Role", `${role}, on ${host}`],
    ["Host key", hostKey ? await fingerprint(hostKey) : "–"],
  ];
  return `Read back from the drive, not from memory:\n\n${table(["Serial", serial], facts)}`;
}

async function tellIdentity(context: Context, run: Run, identity: CarriedIdentity | null): Promise<void> {
  const next = {
    card: "With a real card, the device would start from it now: floppy provision --help",
    stick: "A practice stick ends here. From a real one, the machine would start now, and be installed.",
  };
  const lines = ["Written and verified on a practice drive.", await describe(identity), "", next[run.medium]];
  context.report.result({ run, identity }, lines.join("\n"));
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
  const pair = practicePair(catalog, host, options.role);
  const image = await practiceChoice(floppy, pair, options);
  const bytes = await imageBytes(floppy, context, targetName(pair), image);
  const { key } = await handlers["drives.createPractice"]({
    sizeBytes: practiceSize(bytes, pair.host.medium),
  });
  try {
    const run = await followRun(floppy, context, () =>
      handlers["runs.start"]({
        serial,
        role: pair.role.name,
        image,
        driveKey: key,
        eraseConfirmed: key,
        // No machine starts from a practice drive, so none is waited for.
        phases: [...runKinds.medium],
      }),
    );
    await tellIdentity(context, run, await handlers["drives.identity"]({ driveKey: key }));
  } finally {
    await handlers["drives.removePractice"]({ driveKey: key });
  }
}

/** Beside the user's own data, so that it is on a disk that is theirs. */
async function demonstrationFolder(): Promise<string> {
  const parent = dataFolder(process.env);
  return mkdtemp(join(parent, "demonstration-")).catch((thrown: unknown) => {
    throw new FloppyError(
      "FILE_UNWRITABLE",
      `Floppy’s data folder ${parent} cannot be written.`,
      "Nothing was written to any drive. Make it writable for you, or set FLOPPY_DATA to another folder.",
      { folder: parent, reason: String(thrown) },
    );
  });
}

/** The whole job on a practice drive, in a data folder of its own, so that the inventory stays as it is. */
export async function practice(context: Context, text: string, options: PracticeOptions): Promise<void> {
  const { wifi: _secret, ...settings } = await withFloppy(
    context,
    async ({ handlers }) => await handlers["settings.show"]({}),
  );
  const folder = await demonstrationFolder();
  try {
    await withCatalog(
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
