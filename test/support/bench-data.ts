import type { AppState } from "#contract/api.ts";
import type { Role } from "#contract/catalog.ts";
import type { Device, DeviceStatus, Identified } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Inspection } from "#contract/images.ts";
import type { Phase, PhaseName, Run } from "#contract/runs.ts";
import { defaultSettings } from "#contract/settings.ts";

const hosts: AppState["catalog"]["hosts"] = [
  {
    name: "dell",
    label: "Dell laptop",
    system: "x86_64-linux",
    prefix: "DEL",
    medium: "stick",
    battery: true,
  },
  {
    name: "generic",
    label: "Generic PC",
    system: "x86_64-linux",
    prefix: "GEN",
    medium: "stick",
    battery: false,
  },
  {
    name: "raspberry",
    label: "Raspberry Pi",
    system: "aarch64-linux",
    prefix: "RPI",
    medium: "card",
    battery: false,
  },
  {
    name: "reterminal",
    label: "reTerminal",
    system: "aarch64-linux",
    prefix: "RET",
    medium: "card",
    battery: false,
  },
];

const noScreen = { raspberry: "Needs a screen; this host has none." };

function role(name: string, purpose: string, desktop: string, hardware: string, services: string[]): Role {
  return { name, purpose, desktop, hardware, services, refuses: {} };
}

const roles: Role[] = [
  role("dev", "Developer workstation", "XFCE", "Laptops, desktops", ["SSH", "Syncthing"]),
  role("node", "Infrastructure node", "headless", "Any", ["SSH", "WireGuard", "monitoring"]),
  role("minimal", "Bare minimum", "XFCE", "Any", ["SSH"]),
  role("lab", "Experimentation", "XFCE", "Laptops, desktops", ["SSH", "Syncthing", "WireGuard"]),
  {
    ...role("kiosk", "Single-purpose display", "locked", "Terminals", ["SSH (admin only)"]),
    refuses: noScreen,
  },
  {
    ...role("proxy", "VPN exit node", "headless", "Desktops, servers", ["SSH", "WireGuard", "NAT"]),
    refuses: { raspberry: "For desktops and servers only." },
  },
  role("ai", "AI inference", "headless", "Pi 5, Jetson, desktops", ["SSH", "llama.cpp"]),
  role("robot", "Robot controller", "headless", "Pi 4 + HIWONDER", ["SSH", "servo bus", "camera", "TTS"]),
  role("mainframe", "AI hub and model host", "headless", "Pi 5, servers", ["SSH", "Ollama", "fleet API"]),
  {
    ...role("terminal", "Display dashboard", "locked", "Seeed reTerminal", ["SSH", "LCD"]),
    refuses: noScreen,
  },
];

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
    hostKey: status.state === "flashed" ? hostKey : null,
    lastRunId: null,
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
    catalog: { hosts, roles },
    catalogSource: { kind: "flake", flake: "path:/opt/floppy/nixos" },
    drives: [card, lockedCard, backupDisk],
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

const GiB = 1024 ** 3;

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

type Ask = Pick<Run, "serial" | "role" | "imageChoice" | "drive">;

const waiting = (name: PhaseName): Phase => ({ name, status: { state: "waiting" } });

/** A run that has just begun with its image phase. */
export function cardRun(ask: Partial<Ask> = {}): Run {
  const role = ask.role ?? "robot";
  const serial = ask.serial ?? "FLOPPY-RPI-00041";
  return {
    id: `run-${serial}`,
    serial,
    host: "raspberry",
    role,
    target: `raspberry-${role}`,
    medium: "card",
    imageChoice: ask.imageChoice ?? { kind: "build" },
    drive: ask.drive ?? card,
    image: null,
    phases: [
      { name: "image", status: { state: "running", startedAt: at, progress: null } },
      waiting("write"),
      waiting("verify"),
    ],
    status: { state: "running", phase: "image" },
    startedAt: at,
  };
}

const imageDone: Phase = {
  name: "image",
  status: { state: "done", startedAt: at, endedAt: at, summary: "built · 4f1c08…9ae2" },
};

function withImage(run: Run): Run {
  const provenance = {
    source: "nix" as const,
    flake: "path:/opt/floppy/nixos",
    revision: "9c2e71d4c0ffee00000000000000000000000000",
    attribute: `images.${run.target}`,
    drvPath: "/nix/store/aaaa-robot.drv",
    storePath: "/nix/store/bbbb-robot.img.zst",
    narHash: "sha256-abc",
  };
  return { ...run, image: { ...inspectionOf("/nix/store/bbbb-robot/sd-image/robot.img.zst"), provenance } };
}

/** The image phase of a nix build, half done. */
export function building(run: Run): Run {
  const progress = {
    kind: "build" as const,
    stage: "building" as const,
    doneItems: 212,
    expectedItems: 388,
    doneBytes: 1.2 * GiB,
    expectedBytes: 2.9 * GiB,
    current: "linux-rpi-6.6.51-modules",
  };
  const status = { state: "running" as const, startedAt: at, progress };
  return { ...run, phases: [{ name: "image", status }, waiting("write"), waiting("verify")] };
}

/** The run while it writes or verifies; `fraction` from 0 to 1, `speed` in MiB/s. */
export function transferring(run: Run, name: "write" | "verify", fraction: number, speed = 24.8): Run {
  const sizeBytes = Math.round(3.08 * GiB);
  const progress = {
    kind: "transfer" as const,
    position: Math.ceil(sizeBytes * fraction),
    sizeBytes,
    speed: speed * 1024 ** 2,
    averageSpeed: 24.1 * 1024 ** 2,
    etaSeconds: Math.round(((1 - fraction) * sizeBytes) / (speed * 1024 ** 2)),
  };
  const running = { name, status: { state: "running" as const, startedAt: at, progress } };
  const written: Phase = {
    name: "write",
    status: { state: "done", startedAt: at, endedAt: at, summary: "2 min 7 s, 24.8 MiB/s" },
  };
  const phases = name === "write" ? [imageDone, running, waiting("verify")] : [imageDone, written, running];
  return { ...withImage(run), phases, status: { state: "running", phase: name } };
}

export function finished(run: Run): Run {
  const verifying = transferring(run, "verify", 1);
  const verified: Phase = {
    name: "verify",
    status: { state: "done", startedAt: at, endedAt: at, summary: "every byte read back" },
  };
  const phases = [...verifying.phases.slice(0, 2), verified];
  return { ...verifying, phases, status: { state: "done", endedAt: "2026-03-02T09:46:10Z" } };
}

export function failed(run: Run): Run {
  const error = {
    code: "DRIVE_IO" as const,
    message: "The card stopped accepting data at 1.94 GiB.",
    hint: "The image and the inventory are safe. The card will not boot. Try another card or another reader, then retry.",
    details: { errno: "EIO", position: 2_083_059_138 },
  };
  const writing = transferring(run, "write", 0.63);
  const broken: Phase = { name: "write", status: { state: "failed", startedAt: at, endedAt: at, error } };
  return {
    ...writing,
    phases: [imageDone, broken, waiting("verify")],
    status: { state: "failed", phase: "write", endedAt: "2026-03-02T09:43:00Z", error },
  };
}

export function interrupted(run: Run): Run {
  return { ...transferring(run, "write", 0.3), status: { state: "interrupted", phase: "write" } };
}
