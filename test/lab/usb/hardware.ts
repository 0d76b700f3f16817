/** The machine that drives are plugged into, as QEMU's arguments: a hub with sticks, a reader with slots, an SD slot. */
import { ROOT_NAME, type System } from "./system.ts";

/** How fast all media together are, in bytes a second and in commands a second; nothing is: as fast as it goes. */
export type Pace = Partial<Record<"bps-write" | "bps-read" | "iops-write" | "iops-read", number>>;

/** Where the system's own disk is. */
export type RootBus = "virtio" | "usb";

export type Stick = { medium: string; port: number; serial: string | null };

export const SLOTS = ["slot0", "slot1", "slot2"] as const;
export type Slot = (typeof SLOTS)[number];
/** What the reader says of itself, whatever lies in its slots. */
export const READER_SERIAL = "20091118110300000";

/** The machine's own slot for cards. */
export const SD = "sd";

export const PACE = "pace";
const READER = "reader";
const HUB_PORT = "1";

const json = (option: string, value: Record<string, unknown>) => [option, JSON.stringify(value)];

/** The raw file of a medium, held to the pace of all of them. */
export function mediumNode(medium: string, filename: string): Record<string, unknown> {
  const file = { driver: "raw", file: { driver: "file", filename } };
  return { driver: "throttle", "node-name": medium, "throttle-group": PACE, file };
}

export function stickDevice({ medium, port, serial }: Stick): Record<string, unknown> {
  const place = { bus: "usb.0", port: `${HUB_PORT}.${port}` };
  const named = serial === null ? {} : { serial };
  return { driver: "usb-storage", id: deviceOf(medium), drive: medium, removable: true, ...place, ...named };
}

export const deviceOf = (name: string) => `${name}-device`;

const sdDevice = { driver: "sd-card", id: deviceOf(SD), drive: SD };

function readerArguments(): string[] {
  const bot = { driver: "usb-bot", id: READER, bus: "usb.0", port: "2", serial: READER_SERIAL };
  return [
    ...SLOTS.flatMap((slot) => ["-drive", `if=none,id=${slot}`]),
    ...json("-device", bot),
    ...SLOTS.flatMap((slot, lun) =>
      json("-device", {
        driver: "scsi-hd",
        id: deviceOf(slot),
        bus: `${READER}.0`,
        lun,
        drive: slot,
        removable: true,
      }),
    ),
  ];
}

function rootArguments(root: string, bus: RootBus): string[] {
  const device =
    bus === "virtio"
      ? { driver: "virtio-blk-pci", drive: "root" }
      : {
          driver: "usb-storage",
          drive: "root",
          bus: "usb.0",
          port: "3",
          removable: true,
          serial: "SYSTEM-0001",
        };
  return ["-drive", `if=none,id=root,file=${root},format=qcow2,cache=unsafe`, ...json("-device", device)];
}

/** `root` is an overlay over the system's disk. */
export function machineArguments(system: System, root: string, bus: RootBus): string[] {
  return [
    ...["-nodefaults", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2"],
    ...["-m", "1280", "-display", "none", "-device", "virtio-rng-pci"],
    ...["-kernel", system.kernel, "-initrd", system.initrd],
    "-append",
    `console=ttyS0 mitigations=off loglevel=4 panic=5 systemd.show_status=no root=${ROOT_NAME}`,
    ...["-object", `throttle-group,id=${PACE}`],
    ...["-device", "qemu-xhci,id=usb", "-device", `usb-hub,bus=usb.0,port=${HUB_PORT}`],
    ...rootArguments(root, bus),
    ...readerArguments(),
    ...["-drive", `if=none,id=${SD}`, "-device", "sdhci-pci", ...json("-device", sdDevice)],
  ];
}
