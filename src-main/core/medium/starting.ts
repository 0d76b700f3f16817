/** New runs: one by itself, or several that are written together. */
import { FloppyError } from "#contract/errors.ts";
import { type BatchRequest, type Run, type RunRequest, runKinds } from "#contract/runs.ts";
import { hasMedium } from "#contract/serials.ts";
import { nothingInstalled } from "#contract/targets.ts";
import { checkPair, targetName } from "../catalog/pairs.ts";
import { parseSerial } from "../catalog/serial.ts";
import type { Current } from "../current.ts";
import { isPractice } from "../devices/device-of-run.ts";
import { registered } from "../devices/register.ts";
import type { Ports } from "../ports/ports.ts";
import { refuseUnfitDrive } from "../runs/admission.ts";
import type { Open } from "../runs/kind.ts";
import type { Runs } from "../runs/runs.ts";
import { createBatch } from "./batch.ts";
import type { MediumKind } from "./kind.ts";
import type { MediumWork } from "./work.ts";

type World = { ports: Ports; current: Current; runs: Runs; medium: MediumKind };

const NOTHING_WRITTEN = "Nothing was written to any of the cards.";

/** The first one that is there twice. */
function repeated(names: string[]): string | null {
  return names.find((name, index) => names.indexOf(name) < index) ?? null;
}

function refuseRepeated(runs: Run[]): void {
  const serial = repeated(runs.map((run) => run.serial));
  const key = repeated(runs.map(({ drive }) => drive.key));
  const twice = serial ?? runs.find(({ drive }) => drive.key === key)?.drive.name;
  if (twice === undefined) return;
  throw new FloppyError(
    "INVALID_INPUT",
    `${twice} is in this batch twice.`,
    `${NOTHING_WRITTEN} Give each card a serial of its own.`,
  );
}

function refuseMixed(runs: Run[]): void {
  const [first] = runs;
  if (runs.every(({ host, medium }) => medium === "card" && host === first?.host)) return;
  throw new FloppyError(
    "INVALID_INPUT",
    "A batch is made of cards for one kind of device.",
    `${NOTHING_WRITTEN} Begin a batch for each kind; sticks are written one by one.`,
  );
}

export function createStarting({ ports, current, runs, medium }: World) {
  const { admission } = runs;

  /** The run that was asked for, before anything of it is begun; throws what speaks against it. */
  async function newRun(request: RunRequest, drives: Pick<Ports["drives"], "list">): Promise<Run> {
    const catalog = await current.catalog();
    const { serial, host } = parseSerial(catalog, request.serial);
    const { role } = checkPair(catalog, host.name, request.role);
    const drive = await admission.confirmedDrive(request, drives);
    const forPractice = request.image.kind === "practice";
    refuseUnfitDrive(drive, null, forPractice);
    // No machine starts from a practice stick, so there is nothing to wait for behind it.
    const installs = host.medium === "stick" && !forPractice;
    const kind = installs
      ? { kind: "install" as const, installation: nothingInstalled }
      : { kind: "medium" as const };
    return {
      ...kind,
      id: ports.clock.newId(),
      serial,
      host: host.name,
      role: role.name,
      target: targetName({ host, role }),
      medium: host.medium,
      imageChoice: request.image,
      drive,
      image: null,
      phases: runKinds[kind.kind].map((name) => ({ name, status: { state: "waiting" } })),
      batch: null,
      status: { state: "running", phase: "image" },
      startedAt: ports.clock.now().toISOString(),
    };
  }

  /** Who gave out the serials may not know yet what was written since: no two cards get the same one. */
  async function refuseWritten(planned: Run[]): Promise<void> {
    const known = await Promise.all(planned.map(({ serial }) => ports.inventory.device(serial)));
    const taken = known.find((device) => device !== null && hasMedium(device));
    if (!taken) return;
    throw new FloppyError(
      "INVALID_INPUT",
      `${taken.serial} has a card already.`,
      `${NOTHING_WRITTEN} Give out another serial; or write that device’s card anew by itself.`,
    );
  }

  async function register(run: Run): Promise<void> {
    const { serial, host, role, startedAt: at } = run;
    const { hostname } = parseSerial(await current.catalog(), serial);
    const device = registered({ serial, hostname, host, role, practice: isPractice(run), at });
    await ports.inventory.registerDevice(device);
  }

  /** The run is under way, whatever becomes of the others: they stay offered, and can be put aside by hand. */
  async function putAsideFormer(launched: Run[]): Promise<void> {
    await runs.putAsideOthers(launched).catch(() => undefined);
  }

  async function start(request: RunRequest): Promise<Run> {
    const run = await newRun(request, ports.drives);
    await register(run);
    const launched = await runs.launch(run, async () => run, request.phases ?? null);
    await putAsideFormer([launched]);
    return launched;
  }

  /** What each of them works with: one image and one writer for all. */
  async function openTogether(members: Run[]): Promise<Open<MediumWork>[]> {
    for (const run of members) await register(run);
    const meansOf = createBatch(ports, members.length);
    return Promise.all(members.map((run, place) => medium.readyWith(run, () => meansOf(place))));
  }

  async function startBatch({ members: asked, phases, ...shared }: BatchRequest): Promise<Run[]> {
    current.trustedSettings();
    const plugged = await ports.drives.list();
    const drives = { list: async () => plugged };
    const planned: Run[] = [];
    for (const member of asked) planned.push(await newRun({ ...shared, ...member }, drives));
    refuseRepeated(planned);
    refuseMixed(planned);
    await admission.refuseForeign(planned);
    admission.refuseReserved(planned);
    await refuseWritten(planned);
    const batch = { id: ports.clock.newId(), serials: planned.map(({ serial }) => serial) };
    const members = planned.map((run) => ({ ...run, batch }));
    const launched = await runs.launchTogether(members, () => openTogether(members), phases ?? null);
    await putAsideFormer(launched);
    return launched;
  }

  return { start, startBatch };
}
