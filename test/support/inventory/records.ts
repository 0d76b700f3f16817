import type { Device } from "#contract/devices.ts";
import type { Inspection } from "#contract/images.ts";
import type { MediumRun, PhaseState } from "#contract/runs.ts";

export const serial = "FLOPPY-RPI-00001";
export const at = "2026-03-02T09:41:00.000Z";
export const later = "2026-03-02T09:45:00.000Z";

export function aDevice(change: Partial<Device> = {}): Device {
  return {
    serial,
    host: "raspberry",
    role: "robot",
    hostname: "floppy-rpi-00001",
    status: { state: "registered" },
    hostKey: null,
    lastRunId: null,
    practice: false,
    createdAt: at,
    updatedAt: at,
    ...change,
  };
}

export function anInspection(change: Partial<Inspection> = {}): Inspection {
  return {
    path: "/images/robot.img.zst",
    format: "zst",
    fileBytes: 1_048_576,
    modifiedMs: 1_772_444_460_123.456,
    basis: { files: "ab".repeat(32), decoders: "floppy 1, xz none" },
    sizeBytes: 6_000_000_000,
    sha256: "0f".repeat(32),
    firmware: { offset: 8_388_608, sizeBytes: 33_554_432 },
    ...change,
  };
}

export function writing(position: number): PhaseState {
  const transfer = { sizeBytes: 100, speed: 25, averageSpeed: 25, etaSeconds: null };
  return { state: "running", startedAt: at, progress: { kind: "transfer", position, ...transfer } };
}

/** A run in the middle of its write phase. */
export function aRun(change: Partial<MediumRun> & { write?: PhaseState } = {}): MediumRun {
  const { write = writing(0), ...rest } = change;
  return {
    id: "run-1",
    serial,
    host: "raspberry",
    role: "robot",
    target: "raspberry-robot",
    medium: "card",
    imageChoice: { kind: "file", path: "/images/robot.img.zst" },
    drive: {
      key: "card-1",
      name: "SanDisk Ultra",
      identity: {
        path: "/dev/sdb",
        byId: "usb-SanDisk_Ultra_4C53",
        serial: "4C53",
        wwn: null,
        model: "Ultra",
        sizeBytes: 31_914_983_424,
        diskSequence: 12,
      },
      kind: "removable",
      transport: "usb",
      port: null,
      readOnly: false,
      writable: true,
      volumes: [],
    },
    image: { ...anInspection(), provenance: { source: "file", path: "/images/robot.img.zst" } },
    phases: [
      { name: "image", status: { state: "done", startedAt: at, endedAt: at, summary: "5.6 GiB" } },
      { name: "write", status: write },
      { name: "verify", status: { state: "waiting" } },
    ],
    kind: "medium",
    batch: null,
    status: { state: "running", phase: "write" },
    startedAt: at,
    ...rest,
  };
}
