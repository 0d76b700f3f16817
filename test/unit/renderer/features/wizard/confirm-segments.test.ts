import { expect, test } from "vitest";
import {
  lastBuilt,
  segmentsAfter,
  segmentsNow,
} from "../../../../../src-renderer/features/wizard/confirm-segments.ts";
import { practiceSize } from "../../../../../src-renderer/features/wizard/practice-size.ts";
import { card, inspectionOf, practiceInspection } from "../../../../support/renderer/bench-data.ts";
import { cardRun, finished } from "../../../../support/renderer/bench-runs.ts";

const total = (segments: { bytes: number }[]) => segments.reduce((sum, segment) => sum + segment.bytes, 0);

test("what will be lost is drawn in its order on the drive, and free space after it", () => {
  const segments = segmentsNow({ ...card, volumes: card.volumes.toReversed() });
  expect(segments.map(({ label, look }) => [label, look])).toEqual([
    ["boot", "lost"],
    ["photos 2024", "lost"],
    ["free", "free"],
  ]);
  expect(total(segments) / card.identity.sizeBytes).toBeCloseTo(1, 2);
});

test("a filesystem without a partition table is lost as a whole", () => {
  const whole = { ...card.volumes[0], path: "/dev/sdb", label: null, filesystem: "exfat", offset: null };
  const drive = { ...card, volumes: [{ ...whole, sizeBytes: card.identity.sizeBytes, mountpoints: [] }] };
  expect(segmentsNow(drive)).toMatchObject([{ label: "sdb", look: "lost", detail: "exfat · 32 GB" }]);
});

test("a drive without volumes has no known data", () => {
  expect(segmentsNow({ ...card, volumes: [] })).toMatchObject([{ label: "no known data", look: "free" }]);
});

test("an inspected image is drawn to scale, with the place of the identity", () => {
  const inspection = inspectionOf("/images/robot.img.zst");
  const after = segmentsAfter(card, inspection);
  expect(after.toScale).toBe(true);
  expect(after.segments.map((segment) => segment.label)).toEqual([
    "FIRMWARE, identity",
    "NixOS",
    "unused until the first boot",
  ]);
  expect(total(after.segments)).toBe(card.identity.sizeBytes);
});

test("a stick is drawn with its installer, and the identity behind it", () => {
  const after = segmentsAfter(card, inspectionOf("/images/installer.iso"), "build", "stick");
  expect(after.segments.map(({ label }) => label)).toEqual(["Installer", "FLOPPY, identity", "unused"]);
  expect(total(after.segments)).toBe(card.identity.sizeBytes);
});

test("the practice image promises no system, and no first boot", () => {
  const { segments } = segmentsAfter(card, practiceInspection("card"));
  expect(segments.map(({ label }) => label)).toEqual(["FIRMWARE, identity", "ROOT, for practice", "unused"]);
});

test("an image that nobody has read is not drawn to scale", () => {
  expect(segmentsAfter(card, null).toScale).toBe(false);
});

test("the newest image built for a target stands for the next build of it", () => {
  const older = finished(cardRun({ serial: "FLOPPY-RPI-00039" }));
  const run = { ...finished(cardRun()), startedAt: "2026-03-02T11:00:00Z" };
  const newer = { ...run, image: run.image && { ...run.image, sizeBytes: 5e9 } };
  expect(lastBuilt([newer, older], "raspberry-robot")?.sizeBytes).toBe(5e9);
  expect(lastBuilt([older, newer], "raspberry-dev")).toBe(null);
  expect(lastBuilt([cardRun()], "raspberry-robot")).toBe(null);
});

test("a practice drive has 8 GB, or the next doubling that the image fits", () => {
  expect([null, 3e9, 8e9, 9e9, 500e9].map(practiceSize)).toEqual([8e9, 8e9, 8e9, 16e9, 64e9]);
  expect(practiceSize(500e9) % 512).toBe(0);
});
