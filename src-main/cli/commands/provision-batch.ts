import { type ErrorData, FloppyError } from "#contract/errors.ts";
import { portNames } from "#contract/ports.ts";
import type { Run } from "#contract/runs.ts";
import { checkPair } from "#core/catalog/pairs.ts";
import { stateWord } from "../batch-report.ts";
import { choosePairs, type DrivesOptions } from "../choose-drives.ts";
import { type Context, withCatalog } from "../context.ts";
import { followBatch } from "../follow-batch.ts";
import { table } from "../table.ts";
import { imageChoice, parsePhases, refuseWrongSettings, requireRole } from "./provision.ts";

export type BatchOptions = DrivesOptions & { role?: string; image?: string; phases?: string };

function requireCard(medium: "card" | "stick"): void {
  if (medium === "card") return;
  throw new FloppyError(
    "INVALID_INPUT",
    "Only cards are written in a batch.",
    "Nothing was written. Provision a laptop by itself, without --batch.",
  );
}

function errorOf({ status }: Run): ErrorData | null {
  return status.state === "failed" ? status.error : null;
}

/** A row a card, and below them what to do about those that failed. */
export function summary(runs: Run[]): string {
  const ports = portNames(runs.map(({ drive }) => drive));
  const rows = runs.map((run) => [
    run.serial,
    run.drive.identity.path,
    ports.get(run.drive.key) ?? "–",
    stateWord(run),
    errorOf(run)?.message ?? "",
  ]);
  const hints = new Set(runs.flatMap((run) => errorOf(run)?.hint ?? []));
  return [table(["Device", "Drive", "Port", "Result", ""], rows), ...hints].join("\n");
}

/** What makes the batch as a whole a failure: the first card that failed, else that one was cancelled. */
function shortfall(runs: Run[]): FloppyError | null {
  const short = runs.filter(({ status }) => !["done", "paused"].includes(status.state));
  if (short.length === 0) return null;
  const failure = runs.map(errorOf).find((error) => error !== null);
  const serials = short.map(({ serial }) => serial).join(", ");
  return new FloppyError(
    failure?.code ?? "CANCELLED",
    `${short.length} of ${runs.length} cards ${short.length === 1 ? "is" : "are"} not ready: ${serials}.`,
    "A card that is not ready does not boot, or is as it was. Provision it by itself, with the same serial.",
    failure?.details,
  );
}

/** Everything that can be refused is refused before a person is asked to give up a drive. */
export async function provisionBatch(context: Context, text: string, options: BatchOptions): Promise<void> {
  const { batchReport, report, signal } = context;
  await withCatalog(context, async (floppy) => {
    const { serial: first, host, known } = await floppy.handlers["devices.identify"]({ text });
    const role = requireRole(options.role ?? known?.role);
    const state = await floppy.handlers["app.state"]({});
    refuseWrongSettings(state);
    const pair = checkPair(state.catalog, host, role);
    requireCard(pair.host.medium);
    const phases = parsePhases(options.phases);
    const image = await imageChoice(floppy, pair, options.image);
    const pairs = await choosePairs(context, state, { first, role, devices: state.devices }, options);
    const members = pairs.map(({ serial, drive: { key } }) => ({
      serial,
      driveKey: key,
      eraseConfirmed: key,
    }));
    const runs = await followBatch(floppy, signal, batchReport(pairs.length), () =>
      floppy.handlers["runs.startBatch"]({
        role,
        image,
        members,
        ...(phases !== null && { phases }),
      }),
    );
    report.result({ runs }, summary(runs));
    const short = shortfall(runs);
    if (short) throw short;
  });
}
