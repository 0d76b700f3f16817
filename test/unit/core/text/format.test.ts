import { expect, it } from "vitest";
import { formatBytes, formatMediumSize, formatSeconds } from "#core/text/format.ts";

it.each([
  [512 * 1024, "0.5 MiB"],
  [64 * 1024 ** 2, "64 MiB"],
  [1024 ** 3, "1.00 GiB"],
  [3.08 * 1024 ** 3, "3.08 GiB"],
])("says %d bytes of an image as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [3.9e9, "3.9 GB"],
  [31_914_983_424, "32 GB"],
  [2e12, "2.0 TB"],
])("says a medium of %d bytes as it is printed on it: %s", (bytes, text) => {
  expect(formatMediumSize(bytes)).toBe(text);
});

it.each([
  [0, "0 s"],
  [59.6, "1 min 0 s"],
  [112, "1 min 52 s"],
  [7260, "2 h 1 min"],
])("says %d seconds as %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
