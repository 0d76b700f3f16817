import { expect, test } from "vitest";
import {
  contentWords,
  segmentsOfDisk,
  segmentsOfLayout,
  volumeWords,
} from "../../../../../src-renderer/features/target/disk-segments.ts";
import { archive, flakeLayout, samsung } from "../../../core/install/machine.ts";

const [volume] = archive.volumes;
if (!volume) throw new Error("the archive holds a volume");

test.each([
  [{ filesystem: "ext4", label: "archive" }, "ext4 “archive”"],
  [{ filesystem: "BitLocker", label: null }, "BitLocker volume"],
  [{ filesystem: "crypto_LUKS", label: null }, "encrypted volume (LUKS)"],
  [{ filesystem: "vfat", label: "EFI System" }, "EFI System"],
  [{ filesystem: null, label: null }, "unknown data on sda1"],
  [{ filesystem: "constructor", label: null }, "constructor"],
])("%o is told as %s", (change, words) => {
  expect(volumeWords({ ...volume, ...change })).toBe(words);
});

test("a name that turns text around or never ends is one short line", () => {
  const words = volumeWords({ ...volume, label: `\u202e${"W".repeat(500)}\nrm` });
  expect(words).toMatch(/^ext4 “W+…”$/);
  expect(words.length).toBeLessThan(60);
});

test("a disk’s card tells of what one would miss, not of what every machine has", () => {
  expect(contentWords(samsung)).toBe("BitLocker volume");
  expect(contentWords({ ...samsung, volumes: samsung.volumes.slice(0, 1) })).toBe("EFI System");
  expect(contentWords({ ...samsung, volumes: [] })).toBe("empty");
});

test("what is lost is drawn with its size, in the disk’s order", () => {
  expect(segmentsOfDisk(samsung)).toMatchObject([
    { label: "EFI System", detail: "nvme0n1p1 · 105 MB", look: "lost" },
    { label: "BitLocker volume", detail: "nvme0n1p3 · 511 GB", look: "lost" },
  ]);
});

test("the layout fills the disk to scale", () => {
  const segments = segmentsOfLayout(flakeLayout, samsung);
  expect(segments.map(({ label }) => label)).toEqual(["/boot, FAT32", "Btrfs, zstd"]);
  expect(segments.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(samsung.identity.sizeBytes);
});

test("a disk that lies about its size is still drawn", () => {
  const tiny = { ...samsung, identity: { ...samsung.identity, sizeBytes: 0 } };
  for (const { bytes } of segmentsOfLayout(flakeLayout, tiny)) expect(bytes).toBeGreaterThan(0);
});
