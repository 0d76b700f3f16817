import { createHash, randomFillSync } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCardBench } from "../../support/media/card-bench.ts";
import { MIB, run } from "../drives/bench.ts";
import { makeCardImage, readAt, writeAt } from "./images.ts";
import { type Ended, failedWith, flash, identify, killWriters, startWriter } from "./writer-process.ts";

const bench = createCardBench();
let folder: string;

beforeEach(() => {
  folder = bench.folder();
});
afterEach(async () => {
  await killWriters();
  bench.clear();
});

type Options = { part?: "all" | "used"; replace?: boolean };

async function startSaving(
  drive: string,
  path: string,
  { part = "all", replace = false }: Options = {},
  env = {},
) {
  return startWriter({ job: "save", drive: await identify(drive), path, part, replace }, [], env);
}

async function save(drive: string, path: string, options: Options = {}): Promise<Ended> {
  return (await startSaving(drive, path, options)).ended;
}

function saved({ last }: Ended) {
  if (last?.event === "saved") return last.saved;
  throw new Error(`not saved but ${JSON.stringify(last)}`);
}

const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** A drive with something here and there, and long runs of nothing. */
function usedDrive(sizeBytes: number): { drive: string; content: Buffer } {
  const content = Buffer.alloc(sizeBytes);
  for (const at of [0, 3 * MIB + 700, sizeBytes - 5000]) randomFillSync(content, at, 5000);
  const drive = bench.drive(sizeBytes);
  writeAt(drive, 0, content);
  return { drive, content };
}

describe("a saved drive", () => {
  it.each([16 * MIB, 21 * MIB + 1536])(
    "of %d bytes is all of it, with holes where it is zero",
    async (sizeBytes) => {
      const { drive, content } = usedDrive(sizeBytes);
      const path = join(folder, "card.img");
      const told = saved(await save(drive, path));
      expect(told).toMatchObject({
        path,
        part: "all",
        sizeBytes,
        fileBytes: sizeBytes,
        sha256: sha256(path),
      });
      expect(readFileSync(path).equals(content)).toBe(true);
      expect(statSync(path).blocks * 512).toBeLessThan(MIB);
      expect(readdirSync(folder)).toEqual(["card.img"]);
    },
  );

  it.each(["zst", "ZST", "Zst"])(
    "is packed where its name ends in .%s, and unpacks by the usual tool",
    async (ending) => {
      const { drive, content } = usedDrive(24 * MIB);
      const path = join(folder, `card.img.${ending}`);
      const told = saved(await save(drive, path));
      expect(told).toMatchObject({
        sizeBytes: 24 * MIB,
        fileBytes: statSync(path).size,
        sha256: sha256(path),
      });
      expect(told.fileBytes).toBeLessThan(MIB);
      run("zstd", "-q", "-d", path, "-o", join(folder, "card.img"));
      expect(readFileSync(join(folder, "card.img")).equals(content)).toBe(true);
    },
  );

  it.each(["card.img", "card.img.zst"])(
    "flashed from %s to another drive is the same again",
    async (name) => {
      const original = bench.drive(32 * MIB);
      writeAt(original, 0, readFileSync(makeCardImage(folder)));
      const path = join(folder, "saved", name);
      mkdirSync(join(folder, "saved"));
      saved(await save(original, path));
      const copy = bench.drive(32 * MIB);
      writeAt(copy, 0, Buffer.alloc(32 * MIB, 0xa5));
      expect((await flash(path, copy)).code).toBe(0);
      expect(readAt(copy, 0, 32 * MIB).equals(readAt(original, 0, 32 * MIB))).toBe(true);
    },
  );

  it("may be a practice drive that is only a file, of any size", async () => {
    const sizeBytes = 16 * MIB + 777;
    const file = bench.file(join(folder, "practice-1.floppy-practice"), sizeBytes);
    const content = randomFillSync(Buffer.alloc(sizeBytes));
    writeAt(file, 0, content);
    saved(await save(file, join(folder, "card.img")));
    expect(readFileSync(join(folder, "card.img")).equals(content)).toBe(true);
  });

  it("may be locked against writing", async () => {
    const file = bench.file(join(folder, "practice-1.floppy-practice"), 16 * MIB);
    const drive = bench.attach(file, "--read-only");
    expect(saved(await save(drive, join(folder, "card.img")))).toMatchObject({ fileBytes: 16 * MIB });
  });
});

describe("only the used part", () => {
  it("ends where the last partition of a master boot record ends", async () => {
    const drive = bench.drive(64 * MIB);
    const image = makeCardImage(folder);
    writeAt(drive, 0, readFileSync(image));
    writeAt(drive, 40 * MIB, Buffer.alloc(MIB, 0xa5));
    const path = join(folder, "used.img");
    expect(saved(await save(drive, path, { part: "used" }))).toMatchObject({
      part: "used",
      sizeBytes: 24 * MIB,
    });
    expect(readFileSync(path).equals(readFileSync(image))).toBe(true);
  });

  it.each(["used.img", "used.img.zst"])(
    "of a GUID partition table has a valid copy at its new end: %s",
    async (name) => {
      const drive = bench.drive(64 * MIB);
      run("sh", "-c", `printf 'label: gpt\\n2048,16384\\n20480,10001\\n' | sfdisk --quiet "$1"`, "sh", drive);
      const content = randomFillSync(Buffer.alloc(MIB));
      writeAt(drive, 10 * MIB, content);
      const path = join(folder, name);
      const told = saved(await save(drive, path, { part: "used" }));
      expect(told.sizeBytes).toBe((30481 + 33) * 512);
      if (name.endsWith(".zst")) run("zstd", "-q", "-d", path);
      const image = join(folder, "used.img");
      expect(statSync(image).size).toBe(told.sizeBytes);
      expect(run("sfdisk", "--verify", image)).toMatch(/No errors detected/);
      const starts = (table: string) => table.match(/start= *\d+, size= *\d+/g);
      expect(starts(run("sfdisk", "--dump", image))).toEqual(starts(run("sfdisk", "--dump", drive)));
      expect(readAt(image, 10 * MIB, MIB).equals(content)).toBe(true);
      // The primary table is lost: what is left at the end is enough.
      writeAt(image, 512, Buffer.alloc(512));
      expect(starts(run("sh", "-c", `sfdisk --dump "$1" 2>/dev/null`, "sh", image))).toEqual(
        starts(run("sfdisk", "--dump", drive)),
      );
    },
  );

  it("is all of it where there is no table, and a word says so", async () => {
    const drive = bench.drive(16 * MIB);
    run("mkfs.fat", drive);
    const ended = await save(drive, join(folder, "card.img"), { part: "used" });
    expect(saved(ended)).toMatchObject({ part: "all", sizeBytes: 16 * MIB });
    expect(ended.events).toContainEqual(
      expect.objectContaining({ event: "log", text: expect.stringContaining("all of it") }),
    );
  });
});

describe("the file", () => {
  it("is never replaced unasked", async () => {
    const path = join(folder, "card.img");
    writeFileSync(path, "precious");
    const drive = bench.drive(16 * MIB);
    expect(failedWith(await save(drive, path))).toBe("FILE_EXISTS");
    expect(readFileSync(path, "utf8")).toBe("precious");
    saved(await save(drive, path, { replace: true }));
    expect(statSync(path).size).toBe(16 * MIB);
  });

  it("can be read by nobody but its owner, whatever was there before", async () => {
    const path = join(folder, "card.img");
    const drive = bench.drive(16 * MIB);
    saved(await save(drive, path));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    saved(await save(drive, path, { replace: true }));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is not replaced by one that came there while the drive was read", async () => {
    const card = await bench.card({ sizeBytes: 48 * MIB });
    const path = join(folder, "card.img");
    const writer = await startSaving(card.device, path);
    await writer.event((event) => event.event === "progress");
    writeFileSync(path, "precious");
    expect(failedWith(await writer.ended)).toBe("FILE_EXISTS");
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(readdirSync(folder)).toEqual(["card.img"]);
  });

  it.each([
    ["a folder", () => join(folder, "made.img"), "FILE_UNWRITABLE"],
    ["a link", () => join(folder, "link.img"), "FILE_UNWRITABLE"],
    ["a device", () => bench.drive(MIB), "INVALID_INPUT"],
    ["a file that a shell reads", () => join(folder, ".bashrc"), "INVALID_INPUT"],
    ["a text", () => join(folder, "thesis.txt"), "INVALID_INPUT"],
    ["in no folder", () => join(folder, "none", "card.img"), "FILE_UNWRITABLE"],
    ["of another format", () => join(folder, "card.img.xz"), "INVALID_INPUT"],
  ])("may not be %s", async (_, path, code) => {
    mkdirSync(join(folder, "made.img"));
    symlinkSync("/etc/passwd", join(folder, "link.img"));
    expect(failedWith(await save(bench.drive(16 * MIB), path(), { replace: true }))).toBe(code);
  });

  it("may not lie on the drive that is saved", async () => {
    const drive = bench.drive(32 * MIB);
    run("mke2fs", "-q", "-t", "ext4", drive);
    const place = join(folder, "mounted");
    bench.mount(drive, place);
    expect(failedWith(await save(drive, join(place, "card.img")))).toBe("FILE_UNWRITABLE");
    expect(readdirSync(place)).toEqual(["lost+found"]);
  });

  it("is removed where the disk is full", async () => {
    const small = join(folder, "small");
    bench.mount("tmpfs", small, "-t", "tmpfs", "-o", "size=8m");
    const drive = bench.drive(32 * MIB);
    writeAt(drive, 0, randomFillSync(Buffer.alloc(32 * MIB)));
    const ended = await save(drive, join(small, "card.img"));
    expect(failedWith(ended)).toBe("FILE_UNWRITABLE");
    expect(ended.last).toMatchObject({ error: { message: expect.stringContaining("disk is full") } });
    expect(readdirSync(small)).toEqual([]);
  });

  it("is removed where the drive cannot be read", async () => {
    const card = await bench.card({ sizeBytes: 32 * MIB, brokenAt: [{ offset: 20 * MIB, op: "read" }] });
    expect(failedWith(await save(card.device, join(folder, "card.img")))).toBe("DRIVE_IO");
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ["a cancel", (pid: number) => pid, '{"command":"cancel"}\n'],
    ["SIGTERM", (pid: number) => process.kill(pid, "SIGTERM"), ""],
  ])("is removed on %s", async (_, act, line) => {
    const card = await bench.card({ sizeBytes: 512 * MIB });
    const writer = await startSaving(card.device, join(folder, "card.img"));
    await writer.event((event) => event.event === "progress" && event.position > 0);
    writer.child.stdin.write(line);
    act(writer.pid);
    expect((await writer.ended).last).toEqual({ event: "cancelled" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("belongs to the user who let the writer in, and is put only where they may", async () => {
    chmodSync(folder, 0o755);
    const [own, foreign] = [join(folder, "own"), join(folder, "foreign")];
    for (const path of [own, foreign]) mkdirSync(path, { mode: 0o755 });
    chownSync(own, 65534, 65534);
    const drive = bench.drive(16 * MIB);
    const env = { SUDO_UID: "65534" };
    const ended = await (await startSaving(drive, join(own, "card.img"), {}, env)).ended;
    expect(saved(ended).fileBytes).toBe(16 * MIB);
    expect(statSync(join(own, "card.img"))).toMatchObject({ uid: 65534, gid: 65534 });
    const refused = await (await startSaving(drive, join(foreign, "card.img"), {}, env)).ended;
    expect(failedWith(refused)).toBe("FILE_UNWRITABLE");
    expect(existsSync(join(foreign, "card.img"))).toBe(false);
  });
});
