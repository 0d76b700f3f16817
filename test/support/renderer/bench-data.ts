import type { AppState } from "#contract/api.ts";
import type { Device, DeviceStatus, Identified } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Inspection } from "#contract/images.ts";
import type { FoundManifest } from "#contract/manifest.ts";
import { defaultSettings } from "#contract/settings.ts";
import { catalog } from "./bench-catalog.ts";

export const at = "2026-03-02T09:41:00Z";
export const hostKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl floppy-rpi-00041";

export function deviceOf(serial: string, host: string, role: string | null, status: DeviceStatus): Device {
  return {
    serial,
    host,
    role,
    hostname: serial.toLowerCase(),
    status,
    hostKey: status.state === "registered" ? null : hostKey,
    lastRunId: null,
    practice: false,
    createdAt: at,
    updatedAt: at,
  };
}

export const card: Drive = {
  key: "usb-sandisk-4C530001",
  name: "SanDisk Ultra",
  identity: {
    path: "/dev/sdb",
    byId: "usb-SanDisk_Ultra_4C530001",
    serial: "4C530001",
    wwn: null,
    model: "Ultra",
    sizeBytes: 31_914_983_424,
    diskSequence: 12,
  },
  kind: "removable",
  transport: "usb",
  port: "usb-0:2:1.0",
  readOnly: false,
  writable: false,
  volumes: [
    {
      path: "/dev/sdb1",
      label: "boot",
      filesystem: "vfat",
      offset: 4_194_304,
      sizeBytes: 536_870_912,
      mountpoints: [],
    },
    {
      path: "/dev/sdb2",
      label: "photos 2024",
      filesystem: "ext4",
      offset: 541_065_216,
      sizeBytes: 21_474_836_480,
      mountpoints: ["/media/tech/photos 2024"],
    },
  ],
};

export function driveLike(change: Partial<Drive>, sizeBytes: number, path: string): Drive {
  const identity = { ...card.identity, path, serial: change.key ?? "", sizeBytes };
  return { ...card, volumes: [], port: null, ...change, identity };
}

export const lockedCard = driveLike(
  { key: "locked", name: "Kingston Canvas", readOnly: true, transport: "mmc" },
  64e9,
  "/dev/mmcblk0",
);
export const backupDisk = driveLike({ key: "backup", name: "WD Elements" }, 2_000_398_934_016, "/dev/sdc");

/** A bench in the middle of its day. */
export function bench(): AppState {
  return {
    version: "0.1.0",
    machine: { hostname: "bench-2", user: "tech", nix: { state: "present", version: "2.24.9" } },
    catalog,
    catalogSource: { kind: "flake", flake: "path:/opt/floppy/nixos" },
    drives: [card, lockedCard, backupDisk],
    driveTasks: [],
    devices: [
      deviceOf("FLOPPY-RPI-00039", "raspberry", "robot", { state: "flashed" }),
      deviceOf("FLOPPY-RPI-00040", "raspberry", "mainframe", { state: "flashed" }),
      deviceOf("FLOPPY-DEL-00007", "dell", "dev", { state: "registered" }),
    ],
    runs: [],
    settings: {
      ...defaultSettings,
      benchName: "Bench 2",
      authorizedKeys: [hostKey],
      wifi: { ssid: "bench", passphrase: "correct horse" },
      manifest: manifestPlace,
    },
    problems: [],
  };
}

export function identify(text: string, app: AppState): Identified {
  const match = /^FLOPPY-([A-Z]{3})-\d{5}$/.exec(text.trim().toUpperCase());
  const host = app.catalog.hosts.find((candidate) => candidate.prefix === match?.[1]);
  if (!match || !host) {
    throw new FloppyError(
      "SERIAL_INVALID",
      `“${text}” is no device serial.`,
      "Nothing was changed. A serial looks like FLOPPY-RPI-00041; scan the label again or type it.",
    );
  }
  const [serial] = match;
  const known = app.devices.find((device) => device.serial === serial) ?? null;
  return { serial, host: host.name, hostname: serial.toLowerCase(), known };
}

export const manifestPlace = {
  url: "https://images.example.org/floppy/images.json",
  publicKey: "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
};

const robotImage = {
  target: "raspberry-robot",
  urls: [
    "https://images.example.org/floppy/raspberry-robot.img.zst",
    "https://mirror.example.net/raspberry-robot.img.zst",
  ],
  fileBytes: 912_000_000,
  sha256: "4f1c08aa19de22b03c77e1f0b8c65d3eaa017be4c92f5d6081e3a4b7c8d99ae2",
  builtFrom: "3f2a91c07d15",
  here: false,
};

/** Images that another machine built, signed. */
export const foundManifest: FoundManifest = {
  url: manifestPlace.url,
  signature: {
    state: "signed",
    comment: "timestamp:1772442000 file:images.json hashed",
    current: { serial: 1_772_442_000, expires: "2026-05-31T09:00:00.000Z" },
  },
  skipped: [],
  kept: null,
  images: [
    robotImage,
    { ...robotImage, target: "raspberry-lab" },
    {
      target: "installer-x86_64",
      urls: ["https://images.example.org/floppy/installer.iso"],
      fileBytes: 1_200_000_000,
      sha256: "9e27d5810c6b4af39e27d5810c6b4af39e27d5810c6b4af39e27d5810c6b4af3",
      here: true,
    },
  ],
};

export const GiB = 1024 ** 3;

export function inspectionOf(path: string): Inspection {
  if (path.includes("truncated")) {
    throw new FloppyError(
      "IMAGE_TRUNCATED",
      "truncated.img.xz ends in the middle.",
      "Nothing was written. Copy or download it again, then choose it again.",
      { path, readBytes: 9000 },
    );
  }
  return {
    path,
    format: path.endsWith(".zst") ? "zst" : "raw",
    fileBytes: 912_000_000,
    modifiedMs: 1_772_000_000_000,
    sizeBytes: Math.round(3.08 * GiB),
    sha256: "4f1c08aa19de22b03c77e1f0b8c65d3eaa017be4c92f5d6081e3a4b7c8d99ae2",
    firmware: path.includes("installer") ? null : { offset: 8 * 1024 ** 2, sizeBytes: 128 * 1024 ** 2 },
  };
}

/** The image that is made here to practise with. */
export function practiceInspection(medium: "card" | "stick"): Inspection {
  const sizeBytes = (medium === "card" ? 168 : 129) * 1024 ** 2;
  return {
    path: `/home/tech/.local/share/floppy/practice/practice-${medium}-0a1b2c3d.img`,
    format: "raw",
    fileBytes: sizeBytes,
    modifiedMs: 315_532_800_000,
    sizeBytes,
    sha256: "5b1c08aa19de22b03c77e1f0b8c65d3eaa017be4c92f5d6081e3a4b7c8d99a01",
    firmware: { offset: 8 * 1024 ** 2, sizeBytes: 32 * 1024 ** 2 },
    practice: true,
  };
}
