/** The drive tools on a reader and on sticks that say nothing of themselves. */
import { beforeAll, describe, expect, it } from "vitest";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench } from "./bench.ts";
import { hubPlace, slotPlace } from "./devices.ts";
import type { Slot } from "./hardware.ts";
import { hashOf, type Medium, makeMedium, moment, type Traffic } from "./media.ts";

const MIB = 1024 ** 2;
const CARD_BYTES = 24 * MIB;
/** Some of the blocks that a quick test borrows. */
const MARKED_BYTES = 10 * 4096;
const SAVED = "/root/saved.img";
const seed = chooseSeed();
const bench = setUpBench(seed);

let made = 0;
const freshMedium = () => {
  made += 1;
  return makeMedium(bench.folder, `medium${made}`, CARD_BYTES, bench.random);
};

describe("a card that is exchanged for another one", () => {
  const tools: { name: string; slot: Slot; kind: keyof Traffic; command: (path: string) => string[] }[] = [
    { name: "test", slot: "slot0", kind: "written", command: (path) => ["test", path, "--full", "--yes"] },
    { name: "save", slot: "slot1", kind: "read", command: (path) => ["save", path, SAVED] },
    { name: "restore", slot: "slot2", kind: "written", command: (path) => ["restore", path, "--yes"] },
  ];

  it("ends a test, a saving and a restoring, each at once, and is as it was", async () => {
    const hands = bench.hands();
    await hands.pace({ "bps-write": 6 * MIB, "bps-read": 6 * MIB });
    const cards: { medium: Medium; other: Medium; after: number }[] = [];
    for (const _ of tools)
      cards.push({
        medium: await freshMedium(),
        other: await freshMedium(),
        after: MIB + bench.random.below(8 * MIB),
      });
    const begun = tools.map(async ({ slot, kind, command }, index) => {
      const { medium, other, after } = cards[index] as (typeof cards)[number];
      const before = await hashOf(other.file);
      await hands.insert(slot, medium);
      const path = await bench.seen(slotPlace(slot), medium);
      const ended = bench.floppy("drives", ...command(path));
      const reached = await moment(hands, slot, (since) => since[kind] >= after, ended);
      if (!reached) throw new Error(`SEED=${seed}: over too soon: ${JSON.stringify(await ended)}`);
      await hands.takeOut(slot, medium);
      await hands.insert(slot, other);
      const { error } = await ended;
      await hands.takeOut(slot, other);
      return { code: error?.code, message: error?.message, other: await hashOf(other.file), before };
    });
    for (const [index, { code, message, other, before }] of (await Promise.all(begun)).entries()) {
      const which = `${tools[index]?.name}, SEED=${seed}: ${message}`;
      expect(other, which).toBe(before);
      expect(code, which).toMatch(/^DRIVE_(REPLACED|GONE)$/);
      if (code === "DRIVE_REPLACED") expect(message).toMatch(/another card was put in/i);
    }
    const { stdout } = await bench.guest().run(`ls ${SAVED}*`);
    expect(stdout).toBe("");
  });
});

describe("a quick test that was broken off", () => {
  type Pair = { one: Medium; other: Medium; swap(from: Medium, to: Medium): Promise<string> };
  let pairs: Pair[];

  beforeAll(async () => {
    const hands = bench.hands();
    await hands.pace({});
    const cards = { one: await freshMedium(), other: await freshMedium() };
    const sticks = { one: await freshMedium(), other: await freshMedium() };
    pairs = [
      {
        ...cards,
        async swap(from, to) {
          await hands.takeOut("slot0", from);
          await hands.insert("slot0", to);
          return bench.seen(slotPlace("slot0"), to);
        },
      },
      {
        ...sticks,
        async swap(from, to) {
          await hands.pull(from);
          await hands.plug(to, 1, null);
          return bench.seen(hubPlace(1), to);
        },
      },
    ];
    await hands.insert("slot0", cards.one);
    await hands.plug(sticks.one, 1, null);
  });

  const hashes = (which: "one" | "other") => Promise.all(pairs.map((pair) => hashOf(pair[which].file)));
  const testAll = (paths: string[]) => Promise.all(paths.map((path) => bench.floppy("drives", "test", path)));
  const swapAll = (from: "one" | "other", to: "one" | "other") =>
    Promise.all(pairs.map((pair) => pair.swap(pair[from], pair[to])));

  it("leaves a like card and a like stick as they are, and the first ones get their blocks back from their next test", async () => {
    const hands = bench.hands();
    const [ones, others] = [await hashes("one"), await hashes("other")];
    const paths = await Promise.all([
      bench.seen(slotPlace("slot0"), pairs[0]?.one as Medium),
      bench.seen(hubPlace(1), pairs[1]?.one as Medium),
    ]);
    await hands.pace({ "iops-read": 8 });
    const brokenOff = testAll(paths);
    const areMarked = ["slot0", pairs[1]?.one.name ?? ""].map((drive) =>
      moment(hands, drive, ({ written }) => written >= MARKED_BYTES, brokenOff),
    );
    expect(await Promise.all(areMarked)).toEqual([true, true]);
    await bench.guest().run("pkill -KILL -f main/writer.js");
    await brokenOff;
    await hands.pace({});
    const halfway = await hashes("one");
    for (const [index, hash] of halfway.entries()) expect(hash).not.toBe(ones[index]);

    const alike = await testAll(await swapAll("one", "other"));
    expect(alike.map(({ code }) => code)).toEqual([0, 0]);
    expect(await hashes("other")).toEqual(others);

    const again = await testAll(await swapAll("other", "one"));
    expect(again.map(({ code }) => code)).toEqual([0, 0]);
    expect(await hashes("one")).toEqual(ones);
  });
});
