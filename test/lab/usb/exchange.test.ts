/** Another card in the same slot, or none any more, while one is written: nothing but what was chosen is touched. */
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import type { Run } from "#contract/runs.ts";
import { compareCard } from "../../support/card.ts";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench, type Told } from "./bench.ts";
import { IMAGE_BYTES, makeCardImage } from "./card-image.ts";
import { hubPlace, type Place, slotPlace } from "./devices.ts";
import { SLOTS, type Slot } from "./hardware.ts";
import { hashOf, type Medium, makeMedium, readFrom } from "./media.ts";

const MIB = 1024 ** 2;
const CARD_BYTES = 16 * MIB;
const ROUNDS = 4;
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
  await bench.hands().pace({ "bps-write": 6 * MIB, "bps-read": 12 * MIB });
});

/** A drive of a round: what is in it, and what becomes of it at which moment. */
type Lane = {
  place: Place;
  medium: Medium;
  /** By which the monitor knows the drive. */
  drive: string;
  path: string;
  /** After so many bytes, written and read together. */
  moment: number;
  act: (() => Promise<void>) | null;
};

/** Acts on the drive once so much went to and fro, counted from the first byte that the run writes. */
async function atItsMoment({ drive, moment, act }: Lane, over: AbortSignal): Promise<"acted" | "never"> {
  if (act === null) return "never";
  const hands = bench.hands();
  const before = await hands.traffic(drive);
  while (!over.aborted) {
    const { written, read } = await hands.traffic(drive);
    if (written > before.written && written + read - before.written - before.read >= moment) {
      await act();
      return "acted";
    }
    await delay(10);
  }
  return "never";
}

/** Writes a batch to those drives while things happen to them; the run of each, by its path. */
async function provisionBatch(first: string, lanes: Lane[]): Promise<Map<string, Run>> {
  const over = new AbortController();
  const acts = lanes.map((lane) => atItsMoment(lane, over.signal));
  const drives = lanes.flatMap(({ path }) => ["--drive", path]);
  const job = ["provision", first, "--role", "robot", "--image", IMAGE, "--batch", ...drives, "--yes"];
  const told: Told = await bench.floppy(...job);
  over.abort();
  const done = await Promise.all(acts);
  expect(done, `${because}: moments came too late\n${told.stderr}`).toEqual(
    lanes.map(({ act }) => (act === null ? "never" : "acted")),
  );
  const result = told.objects.findLast(({ event }) => event === "result");
  if (!result) throw new Error(`${because}: no result\n${JSON.stringify(told.error)}\n${told.stderr}`);
  return new Map((result.runs as Run[]).map((run) => [run.drive.identity.path, run]));
}

/** Nothing that starts is left of the image where it was not finished. */
async function expectUnfinished({ medium }: Lane): Promise<void> {
  const head = await readFrom(medium.file, 0, 512);
  expect(head.equals(Buffer.alloc(512)), because).toBe(true);
}

const cards = new Map<Slot, Medium>();

async function exchangedLane(slot: Slot): Promise<Lane & { other: Medium }> {
  const hands = bench.hands();
  const held = cards.get(slot);
  const medium = held ?? (await freshMedium());
  if (!held) await hands.insert(slot, medium);
  const other = await freshMedium();
  const place = slotPlace(slot);
  const pauseMs = bench.random.pick([0, 0, 300, 1500]);
  const act = async () => {
    await hands.takeOut(slot, medium);
    await delay(pauseMs);
    await hands.insert(slot, other);
    cards.set(slot, other);
  };
  const moment = bench.random.below(LAST_MOMENT_BYTES);
  return { place, medium, other, drive: slot, path: await bench.seen(place, medium), moment, act };
}

async function stickLane(port: number, fate: "pulled" | "left"): Promise<Lane> {
  const hands = bench.hands();
  const medium = await freshMedium();
  await hands.plug(medium, port, port % 2 === 0 ? null : `AA0000000000${port}00${made}`);
  const place = hubPlace(port);
  const act = fate === "pulled" ? () => hands.pull(medium) : null;
  const moment = bench.random.below(LAST_MOMENT_BYTES);
  return { place, medium, drive: medium.name, path: await bench.seen(place, medium), moment, act };
}

it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
  "cards exchanged and sticks pulled at any moment end alone, and what was put in is as it was: round %i",
  async (round) => {
    const exchanged = await Promise.all(SLOTS.map(exchangedLane));
    const pulled = await Promise.all(PULLED_PORTS.map((port) => stickLane(port, "pulled")));
    const left = await stickLane(QUIET_PORT, "left");
    const before = await Promise.all(exchanged.map(({ other }) => hashOf(other.file)));
    const runs = await provisionBatch(`FLOPPY-RPI-000${round}1`, [...exchanged, ...pulled, left]);
    const statusOf = ({ path }: Lane) => runs.get(path)?.status;
    const momentOf = ({ moment }: Lane) => `${because}, ${(moment / MIB).toFixed(1)} MiB`;

    for (const [index, lane] of exchanged.entries()) {
      expect(await hashOf(lane.other.file), `the other card was touched: ${momentOf(lane)}`).toBe(
        before[index],
      );
      expect(statusOf(lane), momentOf(lane)).toMatchObject({
        state: "failed",
        error: { code: expect.stringMatching(/^DRIVE_(REPLACED|GONE)$/) },
      });
      const status = statusOf(lane);
      if (status?.state === "failed" && status.error.code === "DRIVE_REPLACED")
        expect(status.error.message).toContain("another card was put in");
      await expectUnfinished(lane);
    }
    for (const lane of pulled) {
      expect(statusOf(lane), momentOf(lane)).toMatchObject({
        state: "failed",
        error: { code: "DRIVE_GONE" },
      });
      await expectUnfinished(lane);
    }
    expect(statusOf(left), because).toMatchObject({ state: "done" });
    const run = runs.get(left.path);
    if (!run?.image) throw new Error("The stick that was left has no image.");
    expect(await compareCard(left.medium.file, { ...run.image, path: image })).toBe("equal");
    await bench.hands().pull(left.medium);
  },
);
