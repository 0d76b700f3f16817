import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { basisOf, readImageFiles } from "#linux/image-basis.ts";
import { anIdentity } from "../../support/nixos/identity-bench.ts";
import { MIB, run } from "../drives/bench.ts";
import { makeFat, pack, readAt, writeAt } from "./images.ts";
import { createRefusalBench, expectRefused, expectUntouched, inspecting } from "./refusal-bench.ts";
import { failedWith, flash, flashJob, startWriter } from "./writer-process.ts";

const bench = createRefusalBench();
const { usedDrive, scratchFile, flockThat } = bench;
let image: string;

beforeAll(() => {
  image = bench.image();
});

describe("an image that cannot be written", () => {
  it.each([
    ["empty", "IMAGE_EMPTY", () => scratchFile("empty.img", "")],
    ["empty once unpacked", "IMAGE_EMPTY", () => pack(scratchFile("nothing.img", ""), "gz")],
    ["missing", "IMAGE_NOT_FOUND", () => join(bench.folder(), "none.img")],
    ["a folder", "FILE_UNREADABLE", () => bench.folder()],
    ["a device", "FILE_UNREADABLE", () => "/dev/zero"],
    ["a named pipe", "FILE_UNREADABLE", () => namedPipe()],
    ["lz4", "IMAGE_FORMAT_UNKNOWN", () => packedBy("lz4", "-qm", ".lz4")],
    ["lz4 that is called .img", "IMAGE_FORMAT_UNKNOWN", () => renamed(packedBy("lz4", "-qm", ".lz4"))],
    ["lzma", "IMAGE_FORMAT_UNKNOWN", () => packedBy("xz", "--format=lzma", ".lzma")],
    ["tar", "IMAGE_FORMAT_UNKNOWN", () => archived("tar", "--create", "--file")],
    ["tar in zstd", "IMAGE_FORMAT_UNKNOWN", () => pack(archived("tar", "--create", "--file"), "zst")],
    ["zstd in gzip", "IMAGE_FORMAT_UNKNOWN", () => pack(pack(copyOf("twice.img"), "zst"), "gz")],
  ])("is refused: %s", async (_, code, make) => {
    const ended = await inspecting(make());
    expect(failedWith(ended)).toBe(code);
    expect(ended.code).toBe(1);
  });

  it("is refused, and not called damaged, where a .zst wants a window of more than 128 MiB", async () => {
    const path = scratchFile("wide.img", "");
    truncateSync(path, 200 * MIB);
    run("zstd", "-q", "-1", "--ultra", "--long=28", path, "-o", `${path}.zst`);
    const ended = await inspecting(`${path}.zst`);
    expect(failedWith(ended)).toBe("IMAGE_FORMAT_UNKNOWN");
  });

  function namedPipe(): string {
    const path = join(bench.folder(), "pipe.img");
    run("mkfifo", path);
    return path;
  }

  function copyOf(name: string): string {
    const path = join(bench.folder(), name);
    copyFileSync("/usr/lib/grub-rescue/grub-rescue-usb.img", path);
    return path;
  }

  function packedBy(program: string, option: string, suffix: string): string {
    const path = copyOf("image.img");
    run(program, option, path);
    return `${path}${suffix}`;
  }

  function renamed(path: string): string {
    const path2 = join(bench.folder(), "renamed.img");
    copyFileSync(path, path2);
    return path2;
  }

  function archived(program: string, ...options: string[]): string {
    const path = join(bench.folder(), "archive.img");
    run(program, ...options, path, "/etc/hostname");
    return path;
  }
});

describe("a packed image that is not whole", () => {
  it.each(["zst", "gz", "xz", "bz2", "zip"] as const)("is refused where it ends: .%s", async (format) => {
    const packed = pack(image, format);
    const whole = readFileSync(packed);
    for (const length of [Math.floor(whole.length / 2), whole.length - 1, 9]) {
      expect(failedWith(await inspecting(scratchFile("cut.img", whole.subarray(0, length))))).toBe(
        "IMAGE_TRUNCATED",
      );
    }
  });

  it.each(["zst", "gz", "xz", "bz2", "zip"] as const)(
    "is refused with something after its end: .%s",
    async (format) => {
      const packed = readFileSync(pack(image, format));
      const padded = Buffer.concat([Buffer.alloc(512), Buffer.from("something else")]);
      for (const rest of [padded.subarray(512), padded, packed.subarray(0, 1000), packed.subarray(0, 3)]) {
        const path = scratchFile("longer.img", Buffer.concat([packed, rest]));
        expect(failedWith(await inspecting(path))).toBe("IMAGE_TRUNCATED");
      }
    },
  );

  it.each(["zst", "gz", "xz", "bz2", "zip"] as const)(
    "is refused with a flipped bit: .%s",
    async (format) => {
      const packed = readFileSync(pack(image, format));
      packed.writeUInt8(packed.readUInt8(packed.length >> 1) ^ 1, packed.length >> 1);
      expect(failedWith(await inspecting(scratchFile("flipped.img", packed)))).toBe("IMAGE_TRUNCATED");
    },
  );

  it("leaves a drive that does not start, when it was exchanged unnoticed after it was checked", async () => {
    const path = scratchFile("image.zst", readFileSync(pack(image, "zst")));
    const drive = usedDrive();
    const job = await flashJob(path, drive);
    writeAt(path, statSync(path).size >> 1, Buffer.alloc(4096));
    job.image.basis = await basisOf(await readImageFiles(path));
    const ended = await startWriter(job).ended;
    expect(failedWith(ended)).toBe("IMAGE_TRUNCATED");
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

describe("an image that changed since it was checked", () => {
  function changeUnseen(path: string): void {
    const { atime, mtime } = statSync(path);
    writeAt(path, 12 * MIB, Buffer.from("other bytes"));
    utimesSync(path, atime, mtime);
  }

  function exchange(path: string): void {
    run("cp", "--preserve", path, `${path}.new`);
    run("mv", `${path}.new`, path);
  }

  it.each([
    ["its time", (path: string) => utimesSync(path, 1, 1)],
    ["its bytes behind its time", changeUnseen],
    ["the file behind its name", exchange],
    ["what lies beside it", (path: string) => writeFileSync(`${path}.bmap`, "<bmap>")],
    ["its size", (path: string) => truncateSync(path, 12 * MIB)],
    ["its kind", (path: string) => writeAt(path, 0, Buffer.from("28b52ffd", "hex"))],
    ["everything: it is gone", (path: string) => run("rm", path)],
  ])("is refused: %s", async (_, change) => {
    const path = scratchFile("image.img", readFileSync(image));
    const drive = usedDrive();
    const job = await flashJob(path, drive);
    change(path);
    const ended = await startWriter(job).ended;
    expect(["IMAGE_CHANGED", "IMAGE_NOT_FOUND"]).toContain(failedWith(ended));
    expectUntouched(drive);
  });

  it.each([
    ["it is written to", (path: string) => `touch -d @1 ${path}`],
    ["it grows", (path: string) => `truncate -s +512 ${path} && touch -r ${image} ${path}`],
  ])("leaves a drive that does not start, when %s meanwhile", async (_, change) => {
    const path = scratchFile("image.img", readFileSync(image));
    run("touch", "-r", image, path);
    const drive = usedDrive();
    const ended = await startWriter(await flashJob(path, drive), [], flockThat(change(path))).ended;
    expect(failedWith(ended)).toBe("IMAGE_CHANGED");
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

describe("an image that unpacks to another size than was counted", () => {
  it.each([-512, 512])("leaves a drive that does not start: %d bytes", async (difference) => {
    const drive = usedDrive();
    const job = await flashJob(pack(image, "zst"), drive);
    if (job.job === "flash") job.image.sizeBytes += difference;
    expect(failedWith(await startWriter(job).ended)).toBe("IMAGE_CHANGED");
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

/** `anIdentity` with that change, as a card would carry it. */
function carrying(change: object) {
  return [{ path: "floppy/identity.json", content: JSON.stringify({ ...anIdentity, ...change }) }];
}

describe("an identity that the device would refuse", () => {
  it.each([
    ["a passphrase beyond ASCII", { wifi: { ssid: "Bench", passphrase: "schlüssel" } }],
    ["a network’s name of 40 bytes", { wifi: { ssid: "ж".repeat(20), passphrase: "12345678" } }],
    ["a key with a second line", { authorizedKeys: ["ssh-rsa AAAA\nssh-rsa AAAA"] }],
    ["a serial that is none", { serial: "FLOPPY-1" }],
    ["a hostname with a dot", { hostname: "floppy.local" }],
    ["more than the device reads", { authorizedKeys: Array(100).fill(`ssh-rsa ${"A".repeat(800)}`) }],
  ])("is refused before the first byte: %s", async (_what, change) => {
    const drive = usedDrive();
    expectRefused(await flash(image, drive, carrying(change)), "SETTINGS_INVALID", drive);
  });

  it("is refused on a stick as well", async () => {
    const drive = usedDrive();
    const job = await flashJob(image, drive);
    const target = { files: carrying({ hostname: "" }), placement: "appended" as const };
    if (job.job === "flash") job.targets = job.targets.map((one) => ({ ...one, ...target }));
    expectRefused(await startWriter(job).ended, "SETTINGS_INVALID", drive);
  });
});

describe("an image that cannot take the files", () => {
  const files = [{ path: "floppy/notes", content: "x".repeat(5000) }];

  it("has no FAT partition", async () => {
    const drive = usedDrive();
    expectRefused(await flash("/usr/lib/ipxe/ipxe.iso", drive, files), "IMAGE_NOT_PERSONALISABLE", drive);
  });

  it("has a FAT partition without room", async () => {
    const full = scratchFile("full.img", readFileSync(image));
    const firmware = makeFat(join(bench.folder(), "firmware.img"), 16, 16 * MIB);
    const filling = scratchFile("filling", Buffer.alloc(16 * MIB));
    for (const size of [8, 4, 2, 1, 0.5, 0.25, 0.125, 0.06, 0.03, 0.015, 0.008, 0.004, 0.002]) {
      truncateSync(filling, Math.floor(size * MIB));
      spawnSync("mcopy", ["-i", firmware, filling, `::file${size}`]);
    }
    writeAt(full, 2 * MIB, readFileSync(firmware));
    const drive = usedDrive();
    expectRefused(await flash(full, drive, files), "IMAGE_NOT_PERSONALISABLE", drive);
  });

  it("is asked to take a file with a name that leads elsewhere", async () => {
    const drive = usedDrive();
    const ended = await flash(image, drive, [{ path: "../boot", content: "" }]);
    expectRefused(ended, "IMAGE_NOT_PERSONALISABLE", drive);
  });
});
