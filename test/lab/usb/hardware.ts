/** The machine that drives are plugged into, as QEMU's arguments: a hub, an SD slot, and drives without medium for slots. */
import { ROOT_NAME, type System } from "./system.ts";

/** Where the system's own disk is. */
export type RootBus = "virtio" | "usb";

export const SLOTS = ["slot0", "slot1", "slot2", "slot3", "slot4"] as const;
export type Slot = (typeof SLOTS)[number];
/** The machine's own slot for cards. */
export const SD = "sd";

export const HUB_PORT = "1";
/** What all media are held to together. */
export const PACE = "pace";

export const deviceOf = (name: string) => `${name}-device`;

const json = (option: string, value: Record<string, unknown>) => [option, JSON.stringify(value)];

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
    ...SLOTS.flatMap((slot) => ["-drive", `if=none,id=${slot}`]),
    ...["-drive", `if=none,id=${SD}`, "-device", "sdhci-pci"],
    ...json("-device", { driver: "sd-card", id: deviceOf(SD), drive: SD }),
  ];
}
