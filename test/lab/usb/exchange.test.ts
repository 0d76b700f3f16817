/** Another card in the same slot, or none any more, while one is written: nothing but what was chosen is touched. */
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import type { Run } from "#contract/runs.ts";
import { compareCard } from "../../support/card.ts";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench } from "./bench.ts";
import { IMAGE_BYTES, makeCardImage } from "./card-image.ts";
import { hubPlace, type Place, slotPlace } from "./devices.ts";
import { SLOTS } from "./hardware.ts";
import { hashOf, type Medium, makeMedium, moment, readFrom, type Traffic } from "./media.ts";

const MIB = 1024 ** 2;
const CARD_BYTES = 16 * MIB;
/** With the slots that the machine has, cards in so many are exchanged. */
const FURTHER_SLOTS = 9;
const FURTHER_PORT = "3";
const PULLED_PORTS = [1, 2, 3, 4, 5, 6];
const QUIET_PORT = 7;
/** All but the head is written, and read back; the last of it is left to the end of the run. */
const LAST_MOMENT_BYTES = 2 * IMAGE_BYTES - 3 * MIB;
const IMAGE = "/root/card.img";

const seed = chooseSeed();
const bench = setUpBench(seed);
const because = `SEED=${seed}`;
let image: string;
let made = 0;

const freshMedium = (name?: `first-${number}`) => {
  made += 1;
  return makeMedium(bench.folder, name ?? `medium${made}`, CARD_BYTES, bench.random);
};

beforeAll(async () => {
  image = await makeCardImage(bench.folder, bench.random);
  await bench.put(image, IMAGE);
  await bench.hands().pace({ "bps-write": 12 * MIB, "bps-read": 24 * MIB });
});

/** One of the drives: what is in it, and what becomes of it at which moment. */
type Lane = {
  medium: Medium;
  /** By which the monitor knows the drive. */
  drive: string;
  path: string;
  /** After so many bytes, written and read together. */
  after: number;
  act: (() => Promise<void>) | null;
};

/** Writes a batch to those drives while things happen to them; the run of each, by its path. */
async function provisionBatch(first: string, lanes: Lane[]): Promise<Map<string, Run>> {
  const drives = lanes.flatMap(({ path }) => ["--drive", path]);
  const job = ["provision", first, "--role", "robot", "--image", IMAGE, "--batch", ...drives, "--yes"];
  const ended = bench.floppy(...job);
  const acts = lanes.map(async ({ drive, after, act }) => {
    if (act === null) return true;
    // Counted from the first byte that the run writes.
    const isReached = ({ written, read }: Traffic) => written > 0 && written + read >= after;
    const reached = await moment(bench.hands(), drive, isReached, ended);
    if (reached) await act();
    return reached;
  });
  const told = await ended;
  const reached = await Promise.all(acts);
  const result = told.objects.findLast(({ event }) => event === "result");
  if (!result) throw new Error(`${because}: no result\n${JSON.stringify(told.error)}\n${told.stderr}`);
  const runs = new Map((result.runs as Run[]).map((run) => [run.drive.identity.path, run]));
  for (const [index, lane] of lanes.entries()) {
    const end = `${lane.path} ended too soon: ${JSON.stringify(runs.get(lane.path)?.status)}`;
    expect(reached[index], `${because}: ${end}`).toBe(true);
  }
  return runs;
}

/** Nothing that starts is left of the image where it was not finished. */
async function expectUnfinished({ medium }: Lane): Promise<void> {
  const head = await readFrom(medium.file, 0, 512);
  expect(head.equals(Buffer.alloc(512)), because).toBe(true);
}

type ExchangedLane = Lane & { other: Medium };
type ReaderSlot = (typeof SLOTS)[number] | `first-${number}`;

async function exchangedLane(slot: ReaderSlot, medium: Medium, place: Place): Promise<ExchangedLane> {
  const hands = bench.hands();
  const other = await freshMedium();
  const pauseMs = bench.random.pick([0, 0, 300, 1500]);
  const act = async () => {
    await hands.takeOut(slot, medium);
    await delay(pauseMs);
    await hands.insert(slot, other);
  };
  const after = bench.random.below(LAST_MOMENT_BYTES);
  return { medium, other, drive: slot, path: await bench.seen(place, medium), after, act };
}

async function insertedLane(slot: (typeof SLOTS)[number]): Promise<ExchangedLane> {
  const medium = await freshMedium();
  await bench.hands().insert(slot, medium);
  return exchangedLane(slot, medium, slotPlace(slot));
}

/** A second reader, with cards in it. */
async function furtherLanes(): Promise<ExchangedLane[]> {
  const names = Array.from({ length: FURTHER_SLOTS }, (_, lun): `first-${number}` => `first-${lun}`);
  const cards = await inTurn(names, freshMedium);
  await bench.hands().plugFilledReader({ id: "further", driver: "usb-uas", port: FURTHER_PORT, cards });
  return inTurn([...cards.entries()], ([lun, medium]) =>
    exchangedLane(`first-${lun}`, medium, { port: FURTHER_PORT, lun }),
  );
}

async function stickLane(port: number, fate: "pulled" | "left"): Promise<Lane> {
  const hands = bench.hands();
  const medium = await freshMedium();
  await hands.plug(medium, port, port % 2 === 0 ? null : `AA0000000000${port}00${made}`);
  const act = fate === "pulled" ? () => hands.pull(medium) : null;
  const after = bench.random.below(LAST_MOMENT_BYTES);
  return { medium, drive: medium.name, path: await bench.seen(hubPlace(port), medium), after, act };
}

/** One after the other, so that a seed gives the same drives and moments again. */
async function inTurn<Item, Result>(items: readonly Item[], make: (item: Item) => Promise<Result>) {
  const results: Result[] = [];
  for (const item of items) results.push(await make(item));
  return results;
}

it("cards exchanged and sticks pulled at twenty moments of writing and reading back end alone", async () => {
  const exchanged = [...(await inTurn(SLOTS, insertedLane)), ...(await furtherLanes())];
  const pulled = await inTurn(PULLED_PORTS, (port) => stickLane(port, "pulled"));
  expect(exchanged.length + pulled.length).toBe(20);
  const left = await stickLane(QUIET_PORT, "left");
  const before = await Promise.all(exchanged.map(({ other }) => hashOf(other.file)));
  const runs = await provisionBatch("FLOPPY-RPI-00011", [...exchanged, ...pulled, left]);
  const statusOf = ({ path }: Lane) => runs.get(path)?.status;
  const momentOf = ({ drive, after }: Lane) => `${because}, ${drive} after ${(after / MIB).toFixed(1)} MiB`;

  for (const [index, lane] of exchanged.entries()) {
    const untouched = `the other card was touched: ${momentOf(lane)}`;
    expect(await hashOf(lane.other.file), untouched).toBe(before[index]);
    const status = statusOf(lane);
    const code = expect.stringMatching(/^DRIVE_(REPLACED|GONE)$/);
    expect(status, momentOf(lane)).toMatchObject({ state: "failed", error: { code } });
    if (status?.state === "failed" && status.error.code === "DRIVE_REPLACED")
      expect(status.error.message).toMatch(/another card was put in/i);
    await expectUnfinished(lane);
  }
  for (const lane of pulled) {
    expect(statusOf(lane), momentOf(lane)).toMatchObject({ state: "failed", error: { code: "DRIVE_GONE" } });
    await expectUnfinished(lane);
  }
  expect(statusOf(left), because).toMatchObject({ state: "done" });
  const run = runs.get(left.path);
  if (!run?.image) throw new Error("The stick that was left has no image.");
  expect(await compareCard(left.medium.file, { ...run.image, path: image })).toBe("equal");
});
