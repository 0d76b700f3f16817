/** A machine of the lab, as QEMU's arguments. */

export type Disk = {
  /** A raw image. It is never written to: what the machine writes goes to an overlay. */
  path: string;
  bus: "ahci" | "nvme" | "usb";
  serial: string;
  model: string;
};

export type Hardware = {
  /** What Floppy wrote, as a raw image; or no stick. */
  stick: string | null;
  disks: Disk[];
  memoryMiB?: number;
  firmware?: "uefi" | "bios";
  /** What the machine's own clock says at the start, such as "1970-01-01T00:00:00". */
  clock?: string;
  /** What the person at the keyboard chooses with F12; without it the firmware's own order. */
  bootFrom?: "stick" | "disk";
};

/** The files that a machine writes to, and below which its images lie. */
export type Overlays = { stick: string | null; disks: string[]; variables: string };

const code = "/usr/share/OVMF/OVMF_CODE.fd";
/** The firmware's variables as they come from the factory. */
export const factoryVariables = "/usr/share/OVMF/OVMF_VARS.fd";

export const STICK = "stick";
export const diskName = (index: number) => `disk${index}`;

const json = (option: string, value: Record<string, unknown>) => [option, JSON.stringify(value)];

function blockArguments(name: string, overlay: string): string[] {
  const file = { driver: "file", filename: overlay };
  return json("-blockdev", { driver: "qcow2", "node-name": name, discard: "unmap", file });
}

export function stickDevice(hardware: Hardware): Record<string, unknown> {
  return {
    ...{ driver: "usb-storage", id: `${STICK}-device`, drive: STICK, bus: "usb.0", port: "1" },
    ...{ removable: true, serial: "4C530001230716117205" },
    ...(hardware.bootFrom === "stick" ? { bootindex: 1 } : {}),
  };
}

export function diskDevice(hardware: Hardware, index: number): Record<string, unknown> {
  const disk = hardware.disks[index];
  if (disk === undefined) throw new Error(`This machine has no disk ${index}.`);
  const { bus, serial, model } = disk;
  const of = {
    ahci: { driver: "ide-hd", bus: `ide.${index}`, model },
    nvme: { driver: "nvme" },
    usb: { driver: "usb-storage", bus: "usb.0", port: String(index + 2) },
  };
  const order = hardware.bootFrom === "disk" && index === 0 ? { bootindex: 1 } : {};
  return { ...of[bus], id: `${diskName(index)}-device`, drive: diskName(index), serial, ...order };
}

function firmwareArguments({ firmware = "uefi" }: Hardware, { variables }: Overlays): string[] {
  if (firmware === "bios") return [];
  return [
    ...["-drive", `if=pflash,format=raw,readonly=on,file=${code}`],
    ...["-drive", `if=pflash,format=qcow2,file=${variables}`],
  ];
}

export function machineArguments(hardware: Hardware, overlays: Overlays): string[] {
  const stick = hardware.stick === null ? null : overlays.stick;
  return [
    ...["-nodefaults", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "1"],
    ...["-m", String(hardware.memoryMiB ?? 1536), "-display", "none"],
    ...["-rtc", `base=${hardware.clock ?? "utc"}`],
    ...firmwareArguments(hardware, overlays),
    ...["-device", "qemu-xhci,id=usb"],
    ...(stick === null ? [] : [...blockArguments(STICK, stick), ...json("-device", stickDevice(hardware))]),
    ...overlays.disks.flatMap((overlay, index) => [
      ...blockArguments(diskName(index), overlay),
      ...json("-device", diskDevice(hardware, index)),
    ]),
  ];
}
