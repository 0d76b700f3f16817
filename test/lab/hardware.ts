/** A machine of the lab, as QEMU's arguments. */

export type Disk = {
  path: string;
  bus: "ahci" | "nvme" | "usb";
  serial: string;
  model: string;
};

export type Hardware = {
  /** The installer's stick, or none: the file that was written. */
  stick: string | null;
  disks: Disk[];
  memoryMiB?: number;
  firmware?: "uefi" | "bios";
  /** What the machine's own clock says at the start, such as "1970-01-01T00:00:00". */
  clock?: string;
  /** What the person at the keyboard chooses with F12; without it the firmware's own order. */
  bootFrom?: "stick" | "disk";
};

/** Everything that changes is written to overlays, so a file may be many machines' disk. */
export type Overlays = { stick: string | null; disks: string[]; variables: string | null };

const code = "/usr/share/OVMF/OVMF_CODE.fd";
/** As the firmware comes from the factory. */
export const factoryVariables = "/usr/share/OVMF/OVMF_VARS.fd";

// A comma parts options, and is written twice where it is none.
const quoted = (text: string) => text.replaceAll(",", ",,");
const drive = (id: string, file: string, more = "") => [
  "-drive",
  `if=none,id=${id},format=qcow2,discard=unmap,file=${quoted(file)}${more}`,
];

export const stickDevice = {
  driver: "usb-storage",
  id: "stick-device",
  bus: "usb.0",
  port: "1",
  drive: "stick",
  removable: true,
  serial: "4C530001230716117205",
};

function diskArguments(disk: Disk, index: number, overlay: string, order: string): string[] {
  const id = `disk${index}`;
  const named = `drive=${id},serial=${quoted(disk.serial)}${order}`;
  const model = `,model=${quoted(disk.model)}`;
  const devices = {
    ahci: `ide-hd,bus=ide.${index},${named}${model}`,
    nvme: `nvme,id=nvme${index},${named}`,
    usb: `usb-storage,bus=usb.0,port=${index + 2},removable=on,${named}`,
  };
  return [...drive(id, overlay), "-device", devices[disk.bus]];
}

function firmwareArguments({ firmware = "uefi" }: Hardware, { variables }: Overlays): string[] {
  if (firmware === "bios" || variables === null) return [];
  return [
    ...["-drive", `if=pflash,format=raw,readonly=on,file=${code}`],
    ...["-drive", `if=pflash,format=qcow2,file=${quoted(variables)}`],
  ];
}

function stickArguments(hardware: Hardware, { stick }: Overlays): string[] {
  if (stick === null) return [];
  const device = { ...stickDevice, ...(hardware.bootFrom === "stick" ? { bootindex: 1 } : {}) };
  return [...drive("stick", stick), "-device", JSON.stringify(device)];
}

export function machineArguments(hardware: Hardware, overlays: Overlays): string[] {
  const order = hardware.bootFrom === "disk" ? ",bootindex=1" : "";
  return [
    ...["-nodefaults", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2"],
    ...["-m", String(hardware.memoryMiB ?? 1536), "-display", "none"],
    ...["-rtc", `base=${hardware.clock ?? "utc"}`],
    ...firmwareArguments(hardware, overlays),
    ...["-device", "qemu-xhci,id=usb"],
    ...stickArguments(hardware, overlays),
    ...hardware.disks.flatMap((disk, index) =>
      diskArguments(disk, index, overlays.disks[index] ?? "", index === 0 ? order : ""),
    ),
  ];
}
