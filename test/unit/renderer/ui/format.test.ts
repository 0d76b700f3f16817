import { expect, test } from "vitest";
import {
  cut,
  formatBytes,
  formatDuration,
  formatMedium,
  formatMemory,
  formatPart,
  formatSpeed,
  percentOf,
  plural,
  shortHash,
} from "../../../../src-renderer/ui/format.ts";
import { niceCeiling } from "../../../../src-renderer/ui/SpeedGraph.tsx";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

test.each([
  [512e6, "512 MB"],
  [8_000_000_000, "8 GB"],
  [7_948_206_080, "7.9 GB"],
  [31_914_983_424, "32 GB"],
  [255_999_999_999, "256 GB"],
  [2_000_398_934_016, "2 TB"],
])("a medium of %i bytes is printed as %s", (bytes, words) => {
  expect(formatMedium(bytes)).toBe(words);
});

test.each([
  [17, "17 B"],
  [9000, "9 KiB"],
  [1.5 * MiB, "1.5 MiB"],
  [870 * MiB, "870 MiB"],
  [3.08 * GiB, "3.08 GiB"],
])("%f bytes of an image are %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test("a part is told in the unit of its whole", () => {
  expect(formatPart(0, 3.08 * GiB)).toBe("0.00 of 3.08 GiB");
  expect(formatPart(12.6 * MiB, 100 * MiB)).toBe("13 of 100 MiB");
});

test("percent is rounded down, so that 100 means all", () => {
  expect(percentOf(999, 1000)).toBe(99);
  expect(percentOf(1000, 1000)).toBe(100);
  expect(percentOf(0, 0)).toBe(0);
});

test.each([
  [0.4, "0 s"],
  [45, "45 s"],
  [59.7, "1 min 00 s"],
  [112, "1 min 52 s"],
  [7500, "2 h 05 min"],
])("%f seconds are %s", (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});

test("speeds, hashes and plurals", () => {
  expect(formatSpeed(24.8 * MiB)).toBe("24.8 MiB/s");
  expect(shortHash("4f1c08aa19de22b03c77e1f0b8c65d3e")).toBe("4f1c08…5d3e");
  expect([plural(1, "device"), plural(2, "device")]).toEqual(["1 device", "2 devices"]);
});

test("the graph's scale ends at a round number above the fastest", () => {
  expect([0.7, 24.8, 88, 100, 101].map(niceCeiling)).toEqual([0.75, 30, 100, 100, 150]);
});

test.each([
  [16 * GiB - 300 * MiB, "16 GiB"],
  [900 * MiB, "900 MiB"],
])("memory of %i bytes is told as it is sold: %s", (bytes, words) => {
  expect(formatMemory(bytes)).toBe(words);
});

test.each([
  ["plain", "plain"],
  [" a\n\tb\u0007 ", "a b"],
  ["\u202eevil", "evil"],
  ["0123456789", "0123456789"],
  ["0123456789a", "012345678…"],
  ["🎞".repeat(11), `${"🎞".repeat(9)}…`],
])("a stranger’s %j is shown as %j", (text, shown) => {
  expect(cut(text, 10)).toBe(shown);
});
