/** What drives were before they became cards: signed by the tools that do it, or as libblkid wants to see it. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

const KIB = 1024;
const MIB = 1024 ** 2;

/** `type` is what wipefs calls it; `sign` gets a block device, or a part of one as a device of its own. */
export type Signature = { name: string; type: string; sign(device: string): void };

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** With a tool's own program. */
const by =
  (command: string, ...args: string[]) =>
  (device: string) =>
    void run(command, ...args, device);

const sizeOf = (device: string) => Number(run("blockdev", "--getsize64", device));
const sectorOf = (device: string) => Number(run("blockdev", "--getss", device));

function put(device: string, offset: number, bytes: Buffer): void {
  const file = openSync(device, "r+");
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

const sectorsBeforeEnd = (sectors: number, bytes: Buffer) => (device: string) =>
  put(device, (Math.floor(sizeOf(device) / 512) - sectors) * 512, bytes);

const text = (content: string, bytes = 512) => {
  const buffer = Buffer.alloc(bytes);
  buffer.write(content, "latin1");
  return buffer;
};

function sumOfWords(bytes: Buffer): number {
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += 4) sum += BigInt(bytes.readUInt32LE(at));
  return Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn);
}

const RAID_MAGIC = 0xa92b4efc;

function raid0(kibibytes: number): Buffer {
  const block = Buffer.alloc(4096);
  const words = [RAID_MAGIC, 0, 90, 0, 0, 0x11111111, 1_700_000_000, 1, kibibytes, 2, 2, 9, 0, 2, 3, 4];
  for (const [index, word] of words.entries()) block.writeUInt32LE(word, index * 4);
  for (const [index, word] of [1_700_000_000, 1, 2, 2].entries()) block.writeUInt32LE(word, 128 + index * 4);
  block.writeUInt32LE(sumOfWords(block), 152);
  return block;
}

function raid1(sector: number, dataSector: number, dataSectors: number): Buffer {
  const block = Buffer.alloc(4096);
  block.writeUInt32LE(RAID_MAGIC, 0);
  block.writeUInt32LE(1, 4);
  block.fill(0x22, 16, 32);
  block.write("bench:9", 32);
  block.writeBigUInt64LE(1_700_000_000n, 64);
  block.writeUInt32LE(1, 72);
  block.writeBigUInt64LE(BigInt(dataSectors), 80);
  block.writeUInt32LE(2, 92);
  block.writeBigUInt64LE(BigInt(dataSector), 128);
  block.writeBigUInt64LE(BigInt(dataSectors), 136);
  block.writeBigUInt64LE(BigInt(sector), 144);
  block.fill(0x33, 168, 184);
  block.writeBigUInt64LE(1_700_000_000n, 192);
  block.writeBigUInt64LE(17n, 200);
  block.writeUInt32LE(2, 220);
  block.writeUInt16LE(1, 258);
  block.writeUInt32LE(sumOfWords(block.subarray(0, 260)), 216);
  return block;
}

/** Versions 1.1 and 1.2 lie at the beginning, 0.90 and 1.0 at the end. */
function raid(version: "0.90" | "1.0" | "1.1" | "1.2"): Signature {
  const places = { "1.1": 0, "1.2": 8 };
  return {
    name: `a RAID ${version}`,
    type: "linux_raid_member",
    sign(device) {
      const sectors = sizeOf(device) / 512;
      if (version === "0.90") {
        const place = Math.floor(sectors / 128) * 128 - 128;
        return put(device, place * 512, raid0(place / 2));
      }
      if (version === "1.0") {
        const place = Math.floor(sectors / 8) * 8 - 16;
        return put(device, place * 512, raid1(place, 0, place - 128));
      }
      put(device, places[version] * 512, raid1(places[version], 2048, sectors - 4096));
    },
  };
}

/** These of a pool member's four labels, as far as libblkid asks for them: some uberblocks. */
function zfs(name: string, labels: number[]): Signature {
  return {
    name,
    type: "zfs_member",
    sign(device) {
      const label = 256 * KIB;
      const last = Math.floor(sizeOf(device) / label) * label - 4 * label;
      const uberblock = Buffer.alloc(KIB);
      for (const [index, word] of [0x00bab10cn, 5000n, 7n, 9n, 1_700_000_000n].entries())
        uberblock.writeBigUInt64LE(word, index * 8);
      const ring = Buffer.concat(Array.from({ length: 8 }, () => uberblock));
      for (const index of labels) put(device, index * label + (index < 2 ? 0 : last) + 128 * KIB, ring);
    },
  };
}

function nilfs(isBackup: boolean): Signature {
  return {
    name: isBackup ? "nilfs2's second superblock" : "nilfs2",
    type: "nilfs2",
    sign(device) {
      const block = Buffer.alloc(KIB);
      block.writeUInt32LE(2, 0);
      block.writeUInt16LE(0x3434, 6);
      block.writeUInt16LE(280, 8);
      block.writeBigUInt64LE(BigInt(sizeOf(device)), 32);
      block.writeUInt32LE(2048, 48);
      block.writeUInt32LE(crc32(block.subarray(0, 280)), 16);
      put(device, isBackup ? (Math.floor(sizeOf(device) / 512) - 8) * 512 : KIB, block);
    },
  };
}

function drbd(): Buffer {
  const block = Buffer.alloc(4096);
  block.writeUInt32BE(0x8374026b, 60);
  block.writeUInt32BE(4096, 80);
  return block;
}

function ddf(): Buffer {
  const header = Buffer.alloc(512, 0xff);
  header.writeUInt32BE(0xde11de11, 0);
  header.write("FLOPPY  BENCH ARRAY 0001", 8);
  header.write("01.02.00", 32);
  header.fill(0, 96, 104);
  header.writeUInt32BE(crc32(header), 4);
  return header;
}

function nvidia(): Buffer {
  const block = text("NVIDIA  ");
  block.writeUInt32LE(30, 8);
  block.writeUInt16LE(100, 16);
  let sum = 0;
  for (let at = 0; at < 120; at += 4) sum = (sum + block.readUInt32LE(at)) >>> 0;
  block.writeUInt32LE(-sum >>> 0, 12);
  return block;
}

function silicon(): Buffer {
  const block = Buffer.alloc(512);
  block.writeUInt32LE(0x2f000000, 0x60);
  let sum = 0;
  for (let at = 0; at < 0x13e; at += 2) sum += block.readUInt16LE(at);
  block.writeUInt16LE(-sum & 0xffff, 0x13e);
  return block;
}

function via(): Buffer {
  const block = Buffer.alloc(512);
  block.writeUInt16LE(0xaa55, 0);
  block.writeUInt8(0x55 + 0xaa, 50);
  return block;
}

function jmicron(): Buffer {
  const block = text("JM");
  block.writeUInt16LE(1, 2);
  block.writeUInt16LE(-(0x4d4a + 1) & 0xffff, 4);
  return block;
}

function adaptec(): Buffer {
  const block = Buffer.alloc(512);
  block.writeUInt32BE(0x37fc4d1e, 0);
  block.writeUInt32BE(0x4450544d, 256);
  return block;
}

function highpoint(): Buffer {
  const block = Buffer.alloc(512);
  block.writeUInt32LE(0x5a7816f3, 0);
  return block;
}

function bios(name: string, sectors: number, bytes: Buffer): Signature {
  return { name, type: `${name}_raid_member`, sign: sectorsBeforeEnd(sectors, bytes) };
}

/** At the end of whole drives, where a controller's BIOS looks. */
export const biosRaids: Signature[] = [
  bios("adaptec", 1, adaptec()),
  bios("hpt45x", 11, highpoint()),
  {
    name: "isw",
    type: "isw_raid_member",
    sign: (device) =>
      put(device, sizeOf(device) - 2 * sectorOf(device), text("Intel Raid ISM Cfg Sig. 1.3.00")),
  },
  bios("jmicron", 1, jmicron()),
  bios("lsi_mega", 1, text("$XIDE$")),
  bios("nvidia", 2, nvidia()),
  bios("promise_fasttrack", 63, text("Promise Technology, Inc.")),
  bios("promise_fasttrack", 3087, text("Promise Technology, Inc.")),
  bios("silicon_medley", 1, silicon()),
  bios("via", 1, via()),
];

/** At the end of drives, and of partitions. */
export const signaturesAtTheEnd: Signature[] = [
  raid("0.90"),
  raid("1.0"),
  zfs("a ZFS pool's last two labels", [2, 3]),
  zfs("a ZFS pool's last label", [3]),
  nilfs(true),
  { name: "DRBD", type: "drbd", sign: (device) => put(device, sizeOf(device) - 4096, drbd()) },
  { name: "DDF", type: "ddf_raid_member", sign: sectorsBeforeEnd(1, ddf()) },
  { name: "DDF's other header", type: "ddf_raid_member", sign: sectorsBeforeEnd(257, ddf()) },
];

function luks(device: string, ...sizes: string[]): void {
  const cheap = ["--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"];
  const args = ["luksFormat", ...cheap, ...sizes, "--batch-mode", "--key-file", "-", device];
  execFileSync("cryptsetup", args, { input: "secret" });
}

/** At the beginning, and some of them at places behind it, too. */
export const signaturesAtTheBeginning: Signature[] = [
  raid("1.1"),
  raid("1.2"),
  zfs("a ZFS pool", [0, 1, 2, 3]),
  nilfs(false),
  { name: "LVM", type: "LVM2_member", sign: by("pvcreate", "-ff", "-y", "-q", "--pvmetadatacopies", "2") },
  { name: "Btrfs", type: "btrfs", sign: by("mkfs.btrfs", "-q", "-f") },
  { name: "NTFS", type: "ntfs", sign: by("mkntfs", "-F", "-Q", "-q") },
  { name: "exFAT", type: "exfat", sign: by("mkfs.exfat") },
  { name: "FAT", type: "vfat", sign: by("mkfs.fat", "-I") },
  ...[4, 16, 64].map((kibibytes) => ({
    name: `swap with pages of ${kibibytes} KiB`,
    type: "swap",
    sign: by("mkswap", "--force", "--pagesize", String(kibibytes * KIB)),
  })),
  { name: "LUKS", type: "crypto_LUKS", sign: luks },
  {
    name: "LUKS whose first header is gone",
    type: "crypto_LUKS",
    sign(device) {
      luks(device, "--luks2-metadata-size", "4m", "--luks2-keyslots-size", "4m");
      put(device, 0, Buffer.alloc(MIB));
    },
  },
];
