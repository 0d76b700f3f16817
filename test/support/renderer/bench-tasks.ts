import type { DriveRequest, DriveTask } from "#contract/drive-tasks.ts";
import type { Drive } from "#contract/drives.ts";
import { card } from "./bench-data.ts";

const endedAt = "2026-03-02T09:44:00Z";

export function taskOf(drive: Drive, request: DriveRequest, status?: DriveTask["status"]): DriveTask {
  return {
    id: `task-${drive.key}`,
    request,
    drive,
    startedAt: "2026-03-02T09:41:00Z",
    status: status ?? { state: "running", progress: null },
    notes: [],
  };
}

const { sizeBytes } = card.identity;

/** A full test in the middle of its writing. */
export const writingTest = taskOf(
  card,
  { kind: "test", mode: "full" },
  {
    state: "running",
    progress: {
      stage: "write",
      position: sizeBytes * 0.4,
      sizeBytes,
      speed: 21e6,
      averageSpeed: 20e6,
      etaSeconds: 912,
    },
  },
);

export const foundFake = taskOf(
  card,
  { kind: "test", mode: "quick" },
  {
    state: "failed",
    endedAt,
    error: {
      code: "DRIVE_FAKE",
      message: "/dev/sdb says that it holds 31.9 GB, but it holds 7.8 GB: a false card or stick.",
      hint: "What is on it is as it was. What is written beyond is lost. Do not trust it with anything: give it back or throw it away.",
      details: { holdsBytes: 7_800_000_000 },
    },
  },
);

const pace = { slowest: 14e6, median: 22e6 };

export const soundTest = taskOf(
  card,
  { kind: "test", mode: "full" },
  {
    state: "done",
    endedAt,
    result: {
      kind: "test",
      report: {
        mode: "full",
        sizeBytes,
        checkedBytes: sizeBytes,
        seconds: 1904,
        pace: { write: pace, read: { slowest: 71e6, median: 88e6 } },
      },
    },
  },
);

export const savedTask = taskOf(
  card,
  { kind: "save", path: "/home/tech/images/card.img.zst", part: "used", replace: false },
  {
    state: "done",
    endedAt,
    result: {
      kind: "save",
      saved: {
        path: "/home/tech/images/card.img.zst",
        part: "used",
        sizeBytes: 22_015_901_696,
        fileBytes: 4_812_000_000,
        sha256: "4f1c08aa19de22b03c77e1f0b8c65d3eaa017be4c92f5d6081e3a4b7c8d99ae2",
        seconds: 312,
      },
    },
  },
);
