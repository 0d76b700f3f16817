import { expect, test } from "vitest";
import {
  clockWords,
  factsWords,
  needsMains,
} from "../../../../../src-renderer/features/target/facts-words.ts";
import { facts } from "../../../core/install/machine.ts";

test("a machine is one line", () => {
  expect(factsWords(facts)).toBe("Dell Inc. Latitude 5440 · UEFI · 16 GiB memory · on mains");
});

test.each([
  [0, null],
  [59, null],
  [-7500, "2 h 05 min behind"],
  [3 * 86_400, "3 days ahead"],
])("a clock that is %i s off is told as %s", (offset, words) => {
  expect(clockWords(offset)).toBe(words);
});

test("what is unusual about it is said", () => {
  const odd = {
    ...facts,
    product: null,
    firmware: "bios" as const,
    power: { source: "battery" as const, percent: 71.4 },
    clockOffsetSeconds: -20_000 * 86_400,
  };
  expect(factsWords(odd)).toBe(
    "Unknown machine · legacy BIOS · 16 GiB memory · on battery, 71 % · its clock was 20000 days behind, and is set",
  );
});

test.each([
  [{ source: "mains" as const }, false],
  [{ source: "battery" as const, percent: 80 }, false],
  [{ source: "battery" as const, percent: 20 }, true],
  [{ source: "battery" as const, percent: null }, true],
])("%o asks for the mains: %s", (power, asks) => {
  expect(needsMains({ ...facts, power })).toBe(asks);
});
