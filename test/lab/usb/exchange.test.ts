/** Another card in the same slot, or none any more, while one is written: nothing but what was chosen is touched. */
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, expect, it } from "vitest";
import type { Run } from "#contract/runs.ts";
import { compareCard } from "../../support/card.ts";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench } from "./bench.ts";
import { IMAGE_BYTES, makeCardImage } from "./card-image.ts";
import { hubPlace, slotPlace } from "./devices.ts";
import { SLOTS, type Slot } from "./hardware.ts";
import { hashOf, type Medium, makeMedium, moment, readFrom, type Traffic } from "./media.ts";

const MIB = 1024 ** 2;
const CARD_BYTES = 16 * MIB;
const ROUNDS = 3;
const PULLED_PORTS = [1, 2];
const QUIET_PORT = 3;
/** All but the head is written, and read back; the last of it is left to the end of the run. */
const LAST_MOMENT_BYTES = 2 * IMAGE_BYTES - 3 * MIB;
const IMAGE = "/root/card.img";

const seed = chooseSeed();
const bench = setUpBench(seed);
const because = `SEED=${seed}`;
let image: string;
let made = 0;

const freshMedium = () => {
  made += 1;
  return makeMedium(bench.folder, `medium${made}`, CARD_BYTES, bench.random);
};

beforeAll(async () => {
  image = await makeCardImage(bench.folder, bench.random);
  await bench.put(image, IMAGE);
  await bench.hands().pace({ "bps-write": 8 * MIB, "bps-read": 16 * MIB });
});

/** A drive of a round: what is in it, and what becomes of it at which moment. */
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

const cards = new Map<Slot, Medium>();

type ExchangedLane = Lane & { other: Medium };

async function exchangedLane(slot: Slot): Promise<ExchangedLane> {
  const hands = bench.hands();
  const held = cards.get(slot);
  const medium = held ?? (await freshMedium());
  if (!held) await hands.insert(slot, medium);
  cards.set(slot, medium);
  const other = await freshMedium();
  const pauseMs = bench.random.pick([0, 0, 300, 1500]);
  const act = async () => {
    await hands.takeOut(slot, medium);
    await delay(pauseMs);
    await hands.insert(slot, other);
    cards.set(slot, other);
  };
  const after = bench.random.below(LAST_MOMENT_BYTES);
  return { medium, other, drive: slot, path: await bench.seen(slotPlace(slot), medium), after, act };
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

afterEach(() => bench.hands().pullSticks());

const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);

it.each(rounds)("cards exchanged and sticks pulled at any moment end alone: round %i", async (round) => {
  const exchanged = await inTurn(SLOTS, exchangedLane);
  const pulled = await inTurn(PULLED_PORTS, (port) => stickLane(port, "pulled"));
  const left = await stickLane(QUIET_PORT, "left");
  const before = await Promise.all(exchanged.map(({ other }) => hashOf(other.file)));
  const runs = await provisionBatch(`FLOPPY-RPI-000${round}1`, [...exchanged, ...pulled, left]);
  const statusOf = ({ path }: Lane) => runs.get(path)?.status;
  const momentOf = ({ drive, after }: Lane) => `${because}, ${drive} after ${(after / MIB).toFixed(1)} MiB`;

  for (const [index, lane] of exchanged.entries()) {
    expect(await hashOf(lane.other.file), `the other card was touched: ${momentOf(lane)}`).toBe(
      before[index],
    );
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
