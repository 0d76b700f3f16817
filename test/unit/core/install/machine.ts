/** A laptop as its own tools would tell of it. */
import { readFileSync } from "node:fs";
import { layout } from "#contract/layout.ts";
import type { TargetDisk, TargetFacts } from "#contract/targets.ts";
import { readDisks } from "#core/install/read-disks.ts";

const file = new URL("../../../../nixos/layout.json", import.meta.url);
export const flakeLayout = layout.parse(JSON.parse(readFileSync(file, "utf8")));

const column = { vendor: null, wwn: null, label: null, partlabel: null, parttypename: null, start: null };
const disk = { ...column, type: "disk", ro: false, fstype: null, mountpoints: [null] };
const part = {
  ...column,
  type: "part",
  ro: false,
  tran: null,
  model: null,
  serial: null,
  mountpoints: [null],
};

export const laptop = {
  ...disk,
  path: "/dev/nvme0n1",
  size: 512_110_190_592,
  tran: "nvme",
  model: "Samsung PM9A1",
  serial: "S65ANX0T418712",
  children: [
    {
      ...part,
      path: "/dev/nvme0n1p1",
      size: 104_857_600,
      fstype: "vfat",
      parttypename: "EFI System",
      start: 2048,
    },
    { ...part, path: "/dev/nvme0n1p3", size: 511_000_000_000, fstype: "BitLocker", start: 239_616 },
  ],
};

export const blockdevices = [
  laptop,
  {
    ...disk,
    path: "/dev/sda",
    size: 1_000_204_886_016,
    tran: "sata",
    vendor: "ATA     ",
    model: "WDC_WD10EZEX",
    serial: "WX52D30C91LA",
    children: [{ ...part, path: "/dev/sda1", size: 1e12, fstype: "ext4", label: "archive", start: 2048 }],
  },
  {
    ...disk,
    path: "/dev/sdb",
    size: 15_472_047_104,
    tran: "usb",
    model: "Ultra",
    serial: "4C53",
    children: [
      { ...part, path: "/dev/sdb3", size: 16_777_216, fstype: "vfat", label: "FLOPPY", start: 2_000_000 },
    ],
  },
  { ...disk, path: "/dev/zram0", size: 4e9, tran: null, model: null, serial: null },
];

export const links = [
  "/dev/disk/by-id\tnvme-Samsung_PM9A1_S65ANX0T418712\t../../nvme0n1",
  "/dev/disk/by-id\tnvme-eui.002538b1\t../../nvme0n1",
  "/dev/disk/by-id\twwn-0x50014ee2\t../../sda",
  "/dev/disk/by-id\tata-WDC_WD10EZEX_WX52D30C91LA\t../../sda",
  "/dev/disk/by-path\tpci-0000:00:14.0-usb-0:3:1.0-scsi-0:0:0:0\t../../sdb",
  "/dev/disk/by-id\tusb-SanDisk_Ultra_4C53-0:0\t../../sdb",
].join("\n");

export const lsblkOf = (devices: unknown) => JSON.stringify({ blockdevices: devices });

export const disks: TargetDisk[] = readDisks(lsblkOf(blockdevices), links, 4e9);
export const [samsung, archive, stick] = disks as [TargetDisk, TargetDisk, TargetDisk];

export const facts: TargetFacts = {
  product: "Dell Inc. Latitude 5440",
  processor: "Intel Core i5",
  cores: 12,
  memoryBytes: 16 * 1024 ** 3,
  availableBytes: 15 * 1024 ** 3,
  firmware: "uefi",
  power: { source: "mains" },
  clockOffsetSeconds: 0,
  addresses: ["192.168.1.47"],
  disks,
};
