import { matches, type Signature } from "#core/images/format.ts";

/** What a machine can boot from or mount begins with one of these. */
const known: Signature[] = [
  // Also the boot sector of FAT, exFAT and NTFS, and the protective one before a GPT.
  { name: "MBR", offset: 510, bytes: "55aa" },
  { name: "GPT", offset: 512, bytes: "4546492050415254" },
  { name: "Apple partition map", offset: 0, bytes: "4552" },
  { name: "ISO 9660", offset: 32769, bytes: "4344303031" },
  { name: "UDF", offset: 32769, bytes: "4245413031" },
  { name: "ext2, ext3, ext4", offset: 1080, bytes: "53ef" },
  { name: "Btrfs", offset: 65600, bytes: "5f42485266535f4d" },
  { name: "XFS", offset: 0, bytes: "58465342" },
  { name: "F2FS", offset: 1024, bytes: "1020f5f2" },
  { name: "EROFS", offset: 1024, bytes: "e2e1f5e0" },
  { name: "squashfs", offset: 0, bytes: "68737173" },
  { name: "LUKS", offset: 0, bytes: "4c554b53babe" },
];

/** Whether an unpacked image's beginning shows a partition table or a file system: a text has neither. */
export function isRecognised(head: Buffer): boolean {
  return known.some((signature) => matches(head, signature));
}
