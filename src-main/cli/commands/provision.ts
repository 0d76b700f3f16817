import { resolve } from "node:path";
import { z } from "zod";
import type { AppState } from "#contract/api.ts";
import { runOfDevice } from "#contract/claims.ts";
import { FloppyError } from "#contract/errors.ts";
import { type ImageChoice, imageName } from "#contract/images.ts";
import { type PhaseName, phaseName, type Run } from "#contract/runs.ts";
import { checkPair, type Pair, targetName } from "#core/catalog/pairs.ts";
import type { Core } from "#core/floppy.ts";
import { listedImage } from "#core/images/manifest.ts";
import type { TargetOptions } from "../ask-target.ts";
import { chooseDrive, type DriveOptions, requireDriveOptions } from "../choose-drive.ts";
import { type Context, withCatalog } from "../context.ts";
import { followRun } from "../follow-run.ts";

export type ProvisionOptions = Omit<DriveOptions, "drive"> &
  TargetOptions & { drive?: string[]; role?: string; image?: string; phases?: string };

/** As `--phases reach,plan`. */
export function parsePhases(text: string | undefined): PhaseName[] | null {
  if (text === undefined) return null;
  const parsed = z
    .array(phaseName)
    .min(1)
    .safeParse(text.split(",").map((name) => name.trim()));
  if (parsed.success) return parsed.data;
  throw new FloppyError(
    "INVALID_INPUT",
    `“${text}” names no phases.`,
    `Nothing was started. The phases are: ${phaseName.options.join(", ")}.`,
  );
}

/** Before anything is opened: without a person to ask, whatever will be erased must be on the command line. */
function requireDiskOption(
  { terminal, json }: Context,
  medium: string,
  options: Pick<ProvisionOptions, "phases" | "disk">,
): void {
  const phases = parsePhases(options.phases);
  const asksForDisk = medium === "stick" && (phases === null || phases.includes("plan"));
  if (!asksForDisk || options.disk !== undefined || (terminal.interactive && !json)) return;
  throw new FloppyError(
    "INVALID_INPUT",
    "Nobody is there to ask which disk of the machine may be erased.",
    "Nothing was started. Name it with --disk, or write the stick alone: --phases image,write,verify.",
  );
}

/** What `--image` asks for: a file, or `download` for the manifest's; nothing for one that is built. */
export async function imageChoice(
  { handlers }: Core,
  pair: Pair,
  image: string | undefined,
): Promise<ImageChoice> {
  if (image === undefined) return { kind: "build" };
  if (image !== "download") return { kind: "file", path: resolve(image) };
  const name = imageName(pair.host, targetName(pair));
  const { sha256 } = listedImage(await handlers["images.manifest"]({}), name);
  return { kind: "download", sha256 };
}

/** The run would be refused for them; nobody is asked for a drive before. */
export function refuseWrongSettings({ problems: [problem] }: Pick<AppState, "problems">): void {
  if (problem) throw FloppyError.from(problem);
}

export function requireRole(role: string | null | undefined): string {
  if (role) return role;
  throw new FloppyError(
    "INVALID_INPUT",
    "The device has no role yet.",
    "Nothing was written. Name one with --role; `floppy catalog` lists them.",
  );
}

export function outcome({ drive, medium, serial, target, status }: Run): string {
  if (medium === "card") return `${drive.name} is now ${serial}, ${target}: written and verified.`;
  if (status.state === "done") return `${serial} is provisioned: it runs ${target}, and was verified.`;
  const next =
    status.state === "paused" ? ` What is left begins at “${status.phase}”: floppy follow ${serial}` : "";
  return `${drive.name} is an installer stick for ${serial}, ${target}.${next}`;
}

/** Follows a run and tells how it ended; with `--plan` it ends by itself, before anything is erased. */
export async function followToItsEnd(
  floppy: Core,
  context: Context,
  start: () => Promise<Run>,
  options: TargetOptions,
): Promise<void> {
  try {
    const run = await followRun(floppy, context, start, options);
    context.report.result({ run }, outcome(run));
  } catch (thrown) {
    const planned = options.plan && thrown instanceof FloppyError && thrown.code === "CANCELLED";
    if (!planned || context.signal.aborted) throw thrown;
  }
}

function onlyDrive([drive, ...others]: string[]): string | undefined {
  if (others.length === 0) return drive;
  throw new FloppyError(
    "INVALID_INPUT",
    "One device has one drive, and several were named.",
    "Nothing was written. Name one; or write several devices at once, with --batch.",
  );
}

function refuseUnderWay(runs: Run[], serial: string): void {
  if (!runOfDevice(runs, serial)) return;
  throw new FloppyError(
    "DEVICE_BUSY",
    `${serial} is being provisioned right now.`,
    `Nothing was written, and that run goes on untouched. Join it: floppy follow ${serial}`,
  );
}

/** Everything that can be refused is refused before a person is asked to give up a drive. */
export async function provision(
  context: Context,
  text: string,
  { drive: drives = [], ...more }: ProvisionOptions,
): Promise<void> {
  const options = { ...more, drive: onlyDrive(drives) };
  await withCatalog(context, async (floppy) => {
    const { serial, host, known } = await floppy.handlers["devices.identify"]({ text });
    const role = requireRole(options.role ?? known?.role);
    const state = await floppy.handlers["app.state"]({});
    refuseWrongSettings(state);
    const pair = checkPair(state.catalog, host, role);
    refuseUnderWay(state.runs, serial);
    requireDriveOptions(context, options);
    requireDiskOption(context, pair.host.medium, options);
    const phases = parsePhases(options.phases);
    const image = await imageChoice(floppy, pair, options.image);
    const { key } = await chooseDrive(context, state, options);
    const start = () =>
      floppy.handlers["runs.start"]({
        serial,
        role,
        image,
        driveKey: key,
        eraseConfirmed: key,
        ...(phases !== null && { phases }),
      });
    await followToItsEnd(floppy, context, start, options);
  });
}
