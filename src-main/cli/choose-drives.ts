/** Which drives a batch writes, each with its serial, and one agreement to erase them all. */
import type { Device } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";
import { byPort, portNames } from "#contract/ports.ts";
import { batchSerials } from "#contract/serials.ts";
import { formatMediumSize } from "#core/text/format.ts";
import { type Bench, driveTable, namedDrive, refuseUnsuited, requireDriveOptions } from "./choose-drive.ts";
import type { Context } from "./context.ts";
import { table } from "./table.ts";

/** A card and the device that it becomes. */
export type Pair = { serial: string; drive: Drive };

export type DrivesOptions = { drive?: string[]; yes?: boolean };

type Wanted = { first: string; role: string; devices: Device[] };

const NOTHING_WRITTEN = "Nothing was written.";

/** The drives of `1 3-5` or `all`, in the order in which they are named; null where it names something else. */
export function parseNumbers(text: string, drives: Drive[]): Drive[] | null {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s,]+/);
  if (words.length === 1 && words[0] === "all") return drives;
  const numbers = words.flatMap((word) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    return from === undefined ? [0] : range(Number(from), Number(to), drives.length);
  });
  const chosen = numbers.flatMap((number) => drives[number - 1] ?? []);
  return chosen.length === numbers.length && chosen.length > 0 ? [...new Set(chosen)] : null;
}

/** Zero, which no drive has, for what is no range within `most`. */
function range(from: number, to: number, most: number): number[] {
  if (from > to || to > most) return [0];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function askForDrives({ terminal, signal }: Context, bench: Bench): Promise<Drive[]> {
  const drives = bench.drives.toSorted(byPort);
  if (drives.length === 0) {
    throw new FloppyError(
      "DRIVE_GONE",
      "No drive is plugged in.",
      `${NOTHING_WRITTEN} Plug the cards in and try again.`,
    );
  }
  const answer = await terminal.ask(
    `${driveTable({ ...bench, drives })}\n\nWhich drives, as 1 3-5 or all? Serials follow this order: `,
    signal,
  );
  const chosen = parseNumbers(answer, drives);
  if (chosen) return chosen;
  throw new FloppyError(
    "CANCELLED",
    "No drives were chosen.",
    `${NOTHING_WRITTEN} Start again whenever you like.`,
  );
}

function pair(drives: Drive[], { first, role, devices }: Wanted): Pair[] {
  const serials = batchSerials(first, drives.length, { devices, role });
  const pairs = drives.flatMap((drive, index) => {
    const serial = serials[index];
    return serial === undefined ? [] : [{ serial, drive }];
  });
  if (pairs.length === drives.length) return pairs;
  throw new FloppyError(
    "SERIAL_INVALID",
    `After ${first} there are only ${serials.length} serials left for ${drives.length} cards.`,
    `${NOTHING_WRITTEN} Begin with another serial.`,
  );
}

export function pairTable(pairs: Pair[]): string {
  const ports = portNames(pairs.map(({ drive }) => drive));
  const rows = pairs.map(({ serial, drive }) => [
    serial,
    drive.identity.path,
    ports.get(drive.key) ?? "–",
    formatMediumSize(drive.identity.sizeBytes),
    drive.name,
    drive.volumes.map(({ label, filesystem }) => label ?? filesystem ?? "unknown data").join(", ") || "empty",
  ]);
  return table(["Becomes", "Drive", "Port", "Size", "Name", "Will be lost"], rows);
}

async function askToErase({ terminal, signal }: Context, pairs: Pair[]): Promise<void> {
  const word = `erase ${pairs.length}`;
  const what = `Everything on ${pairs.length === 1 ? "this drive" : `these ${pairs.length} drives`} will be erased.`;
  const answer = await terminal.ask(`${pairTable(pairs)}\n${what} Type "${word}" to go on: `, signal);
  if (answer.trim().toLowerCase().replaceAll(/\s+/g, " ") === word) return;
  throw new FloppyError(
    "CANCELLED",
    `That was not "${word}".`,
    `${NOTHING_WRITTEN} Start again whenever you like.`,
  );
}

/** Two names may be of one drive. */
function refuseTwice(drives: Drive[], named: string[]): void {
  const twice = drives.findIndex((drive, index) => drives.indexOf(drive) < index);
  if (twice === -1) return;
  throw new FloppyError(
    "INVALID_INPUT",
    `${named[twice]} is a drive that was named before, ${drives[twice]?.identity.path}.`,
    `${NOTHING_WRITTEN} Name each drive once.`,
  );
}

/** The pairs, agreed to; `--yes` counts only for drives that are named on the command line. */
export async function choosePairs(
  context: Context,
  bench: Bench,
  wanted: Wanted,
  options: DrivesOptions,
): Promise<Pair[]> {
  const named = options.drive ?? [];
  requireDriveOptions(context, { ...options, drive: named[0] });
  const drives =
    named.length > 0
      ? await Promise.all(named.map((name) => namedDrive(context, bench.drives, name)))
      : await askForDrives(context, bench);
  refuseTwice(drives, named);
  for (const drive of drives) refuseUnsuited(drive, bench.runs);
  const pairs = pair(drives, wanted);
  if (named.length > 0 && options.yes) context.report.note(pairTable(pairs));
  else await askToErase(context, pairs);
  return pairs;
}
