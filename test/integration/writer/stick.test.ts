import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { anIdentity } from "../../support/nixos/identity-bench.ts";
import { announcePartitions, createBench, MIB, run } from "../drives/bench.ts";
import { readAt } from "./images.ts";
import { flashJob, killWriters, startWriter } from "./writer-process.ts";

const shared = createBench();
const bench = createBench();
afterEach(async () => {
  await killWriters();
  bench.clear();
});
afterAll(shared.clear);

const files = [
  {
    path: "floppy/identity.json",
    content: `${JSON.stringify({ ...anIdentity, serial: "FLOPPY-DEL-00001" })}\n`,
  },
  { path: "floppy/ssh_host_ed25519_key", content: "private\n" },
  { path: "floppy/ssh_host_ed25519_key.pub", content: "public\n" },
];

const greeting =
  'serial --unit=0 --speed=115200\nterminal_output serial\necho "GREETINGS FROM THE STICK"\nhalt\n';

/** As grub makes it: a protective MBR with a GPT. */
function grubIso(): string {
  const folder = join(shared.folder(), "grub");
  mkdirSync(join(folder, "boot/grub"), { recursive: true });
  writeFileSync(join(folder, "boot/grub/grub.cfg"), greeting);
  const image = join(shared.folder(), "grub.iso");
  run("grub-mkrescue", "-o", image, folder);
  return image;
}

/** As NixOS makes its installer: an MBR of its own, with a GPT beside it that nothing protects. */
function nixosIso(): string {
  const folder = join(shared.folder(), "nixos");
  mkdirSync(join(folder, "isolinux"), { recursive: true });
  mkdirSync(join(folder, "boot"));
  for (const name of ["isolinux.bin"]) run("cp", `/usr/lib/ISOLINUX/${name}`, join(folder, "isolinux"));
  run("cp", "/usr/lib/syslinux/modules/bios/ldlinux.c32", join(folder, "isolinux"));
  const efi = join(folder, "boot/efi.img");
  run("sh", "-c", 'truncate -s 2M "$1" && mkfs.vfat "$1"', "sh", efi);
  const image = join(shared.folder(), "nixos.iso");
  const boot = ["-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"];
  const bios = ["-b", "isolinux/isolinux.bin", "-c", ".boot.cat", ...boot];
  const mbr = ["-isohybrid-mbr", "/usr/lib/ISOLINUX/isohdpfx.bin"];
  const uefi = ["-eltorito-alt-boot", "-e", "boot/efi.img", "-no-emul-boot", "-isohybrid-gpt-basdat"];
  run(
    "xorriso",
    "-as",
    "mkisofs",
    "-quiet",
    "-volid",
    "NIXOS",
    ...bios,
    ...mbr,
    ...uefi,
    "-o",
    image,
    folder,
  );
  return image;
}

let images: Record<"grub" | "nixos", string>;
beforeAll(() => {
  images = { grub: grubIso(), nixos: nixosIso() };
});

async function writeStick(image: string, sizeBytes = 96 * MIB): Promise<string> {
  const drive = bench.drive(sizeBytes);
  const { code, last } = await startWriter(await flashJob(image, drive, files, { placement: "appended" }))
    .ended;
  expect(last).toMatchObject({ event: "flashed" });
  expect(code).toBe(0);
  return drive;
}

type Listed = { path: string; start: number; size: number };

function partitionsOf(drive: string): Listed[] {
  announcePartitions(drive);
  const columns = ["--json", "--bytes", "--list", "--output", "PATH,START,SIZE,TYPE"];
  const { blockdevices } = JSON.parse(run("lsblk", ...columns, drive));
  return blockdevices.filter(({ type }: { type: string }) => type === "part");
}

/** The partition behind the image, as the kernel finds it. */
function ownPartition(drive: string, image: string): Listed | undefined {
  const offset = Math.ceil(readFileSync(image).length / MIB) * MIB;
  return partitionsOf(drive).find(({ start }) => start * 512 === offset);
}

describe.each(["grub", "nixos"] as const)("an installer's stick made of a %s image", (kind) => {
  it("has one more partition, where the kernel finds it, with the files in it", async () => {
    const image = images[kind];
    const drive = await writeStick(image);
    const own = ownPartition(drive, image);
    expect(own?.size).toBe(16 * MIB);
    for (const { path, content } of files)
      expect(`${run("mtype", "-i", own?.path ?? "", `::${path}`)}\n`).toBe(content);
    expect(run("blkid", "--probe", "--match-tag", "LABEL", "--output", "value", own?.path ?? "")).toBe(
      "FLOPPY",
    );
    expect(run("fsck.fat", "-n", own?.path ?? "").split("\n")).toHaveLength(2);
  });

  it("is the image, byte for byte, but for its table", async () => {
    const image = readFileSync(images[kind]);
    const drive = await writeStick(images[kind]);
    const found = readAt(drive, 0, image.length);
    const differs = [...found.keys()].filter((at) => found[at] !== image[at]);
    const tableEnds = kind === "grub" ? 1024 + 128 * 128 : 512;
    expect(differs.every((at) => at >= 446 && at < tableEnds)).toBe(true);
    expect(differs.length).toBeGreaterThan(0);
  });

  it("is found by the device's own script", async () => {
    const drive = await writeStick(images[kind]);
    const own = ownPartition(drive, images[kind]);
    const script = '. "$0"; FLOPPY_LABEL=FLOPPY FLOPPY_BOOT_MOUNT=/nowhere find_medium';
    const { stdout } = spawnSync("bash", ["-c", script, "nixos/scripts/lib/medium.sh"], { encoding: "utf8" });
    expect(stdout.split("\n")).toContain(own?.path);
  });

  it("is not begun on a drive that has room for the image alone", async () => {
    const sizeBytes = Math.ceil(readFileSync(images[kind]).length / MIB) * MIB + 2 * MIB;
    const drive = bench.drive(sizeBytes);
    const { last } = await startWriter(await flashJob(images[kind], drive, files, { placement: "appended" }))
      .ended;
    expect(last).toMatchObject({ event: "failed", error: { code: "IMAGE_TOO_LARGE" } });
    expect(readAt(drive, 0, MIB).every((byte) => byte === 0)).toBe(true);
  });
});

describe("the table of a grub image's stick", () => {
  it("has nothing to be complained of but that the disk is larger", async () => {
    const drive = await writeStick(images.grub);
    const said = spawnSync("sgdisk", ["--verify", drive], { encoding: "utf8" }).stdout;
    expect(said).toMatch(/No problems found|secondary header's self-pointer|not at the end of the disk/i);
    expect(said).not.toMatch(/CRC|corrupt|overlap/i);
  });
});

describe("a real image of a Debian package", () => {
  it.each(["/usr/lib/ipxe/ipxe.iso"])("%s takes a partition", async (image) => {
    const drive = await writeStick(image, 48 * MIB);
    expect(ownPartition(drive, image)?.size).toBe(16 * MIB);
  });
});

describe("a stick in a machine", () => {
  it("boots as the image did", async () => {
    const drive = await writeStick(images.grub);
    const args = [
      ..."-machine q35,accel=tcg -m 256 -display none -no-reboot -serial stdio -monitor none -nic none".split(
        " ",
      ),
      ...["-drive", `if=none,id=stick,format=raw,readonly=on,file=${drive}`],
      ...["-device", "qemu-xhci", "-device", "usb-storage,drive=stick,removable=on,bootindex=1"],
    ];
    const child = spawnSync(
      "timeout",
      ["60", "sh", "-c", 'qemu-system-x86_64 "$@" | grep -m1 GREETINGS', "sh", ...args],
      {
        encoding: "utf8",
      },
    );
    expect(child.stdout).toContain("GREETINGS FROM THE STICK");
  });
});
