/** A hub of cards, and a batch on it at every point where its screen shows it differently. */
import type { Drive } from "#contract/drives.ts";
import type { Run } from "#contract/runs.ts";
import { card, driveLike } from "./bench-data.ts";
import { building, failed, finished, interrupted, transferring } from "./bench-runs.ts";

/** Four cards on one hub, plugged in from its last port to its first. */
export function hubCards({ name, volumes }: Pick<Drive, "name" | "volumes"> = card): Drive[] {
  return [4, 3, 2, 1].map((number) => {
    const port = `pci-0000:00:14.0-usb-0:4.${number}:1.0-scsi-0:0:0:0`;
    const drive = { key: `hub-${number}`, name, port, volumes: number === 2 ? volumes : [] };
    return driveLike(drive, 31_914_983_424, `/dev/sd${"abcde"[number]}`);
  });
}

/** One that failed, two on their way, one that is verified. */
export function halfWay([first, second, third, fourth]: Run[]): Run[] {
  if (!first || !second || !third || !fourth) throw new Error("A batch of four is needed.");
  return [
    transferring(first, "verify", 0.35, 88.1),
    failed(second),
    transferring(third, "write", 0.71),
    finished(fourth),
  ];
}

export const builtTogether = (runs: Run[]): Run[] => runs.map(building);

export function mostlyReady(runs: Run[]): Run[] {
  return runs.map((run, index) => (index === 1 ? failed(run) : finished(run)));
}

export const allReady = (runs: Run[]): Run[] => runs.map(finished);

export const allInterrupted = (runs: Run[]): Run[] => runs.map(interrupted);
