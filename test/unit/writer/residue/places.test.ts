import { array, assert, constantFrom, nat, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Place, residuePlaces, wholeOf } from "../../../../src-main/writer/residue/places.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const END = 2.25 * MIB;

const holds = (places: Place[], { offset, length }: Place) =>
  places.some((place) => place.offset <= offset && offset + length <= place.offset + place.length);

describe("the places of what signed a drive before", () => {
  const card = { sizeBytes: 32 * GIB, alignment: 512 };
  const places = (partitions = [wholeOf(card)], coveredBytes = 2 * GIB) =>
    residuePlaces(partitions, card, coveredBytes);

  it("are its end alone, where an image of usual size is written to a card", () => {
    expect(places()).toEqual([{ offset: 32 * GIB - END, length: END }]);
  });

  it.each([
    ["RAID 0.90", 64 * 1024 + 64 * 1024],
    ["RAID 1.0", 12 * 1024],
    ["a ZFS pool's third label", 3 * 256 * 1024],
    ["DDF's other header", 257 * 512],
    ["Promise", 3087 * 512],
    ["bcachefs", MIB],
    ["bcachefs of a partition that stops at the MiB before a GPT's copy", 2 * MIB + 5 * 4096],
    ["a GPT and its entries in sectors of 4096 bytes", 5 * 4096],
  ])("hold all of %s, which begins %d bytes before the end", (_, beforeEnd) => {
    expect(holds(places(), { offset: card.sizeBytes - beforeEnd, length: beforeEnd })).toBe(true);
  });

  it("are at the beginning, too, as far as nothing is written over it", () => {
    expect(places([wholeOf(card)], 3 * MIB).slice(0, 2)).toEqual([
      { offset: 3 * MIB, length: 5 * MIB },
      { offset: 64 * MIB, length: 4096 },
    ]);
  });

  it("are counted from each partition's own beginning and end", () => {
    const root = { offset: 2 * GIB - MIB, sizeBytes: GIB };
    expect(places([root])).toEqual([
      { offset: 2 * GIB, length: 7 * MIB },
      { offset: 2 * GIB + 63 * MIB, length: 4096 },
      { offset: 3 * GIB - MIB - END, length: END },
    ]);
  });

  it("are none of a partition that is all image, or lies beyond the drive", () => {
    expect(places([{ offset: MIB, sizeBytes: GIB }])).toEqual([]);
    expect(places([{ offset: 33 * GIB, sizeBytes: GIB }])).toEqual([]);
    expect(places([{ offset: 2 ** 62, sizeBytes: 2 ** 62 }])).toEqual([]);
  });

  it("end with the drive, where a partition says that it goes on", () => {
    expect(places([{ offset: 3 * GIB, sizeBytes: 2 ** 45 }]).at(-1)).toEqual({
      offset: 32 * GIB - END,
      length: END,
    });
  });

  const sectors = constantFrom(512, 4096);
  const drives = record({
    alignment: sectors,
    sizeBytes: nat({ max: 2 ** 42 }),
    coveredBytes: nat({ max: 2 ** 35 }),
    partitions: array(record({ offset: nat({ max: 2 ** 42 }), sizeBytes: nat({ max: 2 ** 43 }) }), {
      maxLength: 6,
    }),
  });
  const aligned = (bytes: number, to: number) => Math.floor(bytes / to) * to;

  it("are ascending, apart, in whole sectors, on the drive and behind what is written over", () => {
    assert(
      property(drives, ({ alignment, sizeBytes, coveredBytes, partitions }) => {
        const room = { sizeBytes, alignment };
        const found = residuePlaces([wholeOf(room), ...partitions], room, coveredBytes);
        for (const [index, { offset, length }] of found.entries()) {
          const before = found[index - 1];
          expect(length).toBeGreaterThan(0);
          expect([offset % alignment, length % alignment]).toEqual([0, 0]);
          expect(offset).toBeGreaterThanOrEqual(aligned(coveredBytes, alignment));
          expect(offset + length).toBeLessThanOrEqual(sizeBytes);
          if (before) expect(offset).toBeGreaterThan(before.offset + before.length);
        }
      }),
    );
  });

  it("hold the ends of the drive and of every partition, wherever nothing is written over them", () => {
    assert(
      property(drives, ({ alignment, sizeBytes, coveredBytes, partitions }) => {
        const room = { sizeBytes: aligned(sizeBytes, alignment), alignment };
        const all = [wholeOf(room), ...partitions];
        const found = residuePlaces(all, room, coveredBytes);
        for (const { offset, sizeBytes: length } of all) {
          const last = Math.min(offset + length, room.sizeBytes) - 1;
          if (length === 0 || last < Math.max(offset, coveredBytes)) continue;
          expect(holds(found, { offset: last, length: 1 })).toBe(true);
        }
      }),
    );
  });

  it("are few: what a card's writer looks at takes no time", () => {
    assert(
      property(drives, ({ alignment, sizeBytes }) => {
        const room = { sizeBytes, alignment };
        const bytes = residuePlaces([wholeOf(room)], room, 2 * GIB).reduce((sum, one) => sum + one.length, 0);
        expect(bytes).toBeLessThanOrEqual(END + 4096 + alignment);
      }),
    );
  });
});
