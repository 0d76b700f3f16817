import { statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createBench, MIB, run } from "../drives/bench.ts";
import { inspect, killWriters, startWriter } from "./writer-process.ts";

const bench = createBench();
afterEach(async () => {
  await killWriters();
  bench.clear();
});

type Medium = "card" | "stick";

const make = (medium: Medium, folder: string) => startWriter({ job: "practice", medium, folder }).ended;

async function made(medium: Medium, folder: string): Promise<string> {
  const { last } = await make(medium, folder);
  if (last?.event === "made") return last.path;
  throw new Error(`it ended with ${JSON.stringify(last)}`);
}

/** A file system of an image, as a file of its own. */
function partition(image: string, offsetMiB: number, sizeMiB: number): string {
  const path = join(bench.folder(), "partition");
  run("dd", `if=${image}`, `of=${path}`, "bs=1M", `skip=${offsetMiB}`, `count=${sizeMiB}`, "status=none");
  return path;
}

describe("the practice image, to other tools", () => {
  it("has a partition table that sfdisk reads and finds nothing wrong with", async () => {
    const image = await made("card", bench.folder());
    expect(run("sfdisk", "--dump", image)).toMatch(
      /label: dos[\s\S]*start= +16384, size= +65536, type=e\n.*start= +81920, size= +262144, type=e$/,
    );
    expect(run("sfdisk", "--verify", image)).toContain("No errors detected.");
  });

  it.each([
    ["card", "FIRMWARE", 8, 32],
    ["card", "ROOT", 40, 128],
    ["stick", "INSTALLER", 1, 128],
  ] as const)("of a %s: %s is what fsck.fat, blkid and mtools say", async (medium, label, offset, size) => {
    const image = await made(medium, bench.folder());
    const volume = partition(image, offset, size);
    expect(run("fsck.fat", "-n", volume).split("\n")).toHaveLength(2);
    expect(run("blkid", "-p", "-o", "export", volume)).toMatch(
      new RegExp(`LABEL=${label}\n[\\s\\S]*TYPE=vfat`),
    );
    expect(run("mtype", "-i", volume, "::/PRACTICE.TXT")).toContain("no device starts from it");
  });

  it("takes an identity, and is known to Floppy as practice", async () => {
    const { firmware, practice, unrecognised } = await inspect(await made("card", bench.folder()));
    expect(firmware).toEqual({ offset: 8 * MIB, sizeBytes: 32 * MIB });
    expect(practice).toBe(true);
    expect(unrecognised).toBeUndefined();
  });
});

describe("making it", () => {
  it("gives the same bytes in every folder, and takes next to no room", async () => {
    const [one, other] = [await made("card", bench.folder()), await made("card", bench.folder())];
    run("cmp", one, other);
    expect(statSync(one).blocks * 512).toBeLessThan(8 * MIB);
    expect(statSync(one).mode & 0o777).toBe(0o600);
  });

  it("leaves one that is there as it is, and makes one anew that was changed", async () => {
    const folder = bench.folder();
    const path = await made("card", folder);
    const { ino } = statSync(path);
    expect(await made("card", folder)).toBe(path);
    expect(statSync(path).ino).toBe(ino);
    const { sha256 } = await inspect(path);
    writeFileSync(path, "spoiled");
    truncateSync(path, 168 * MIB);
    await made("card", folder);
    expect((await inspect(path)).sha256).toBe(sha256);
    expect(run("ls", folder)).toBe(path.slice(folder.length + 1));
  });

  it("says whose disk is full", async () => {
    const folder = join(bench.folder(), "full");
    bench.mount("tmpfs", folder, "-t", "tmpfs", "-o", "size=64k");
    const { last } = await make("card", folder);
    expect(last).toMatchObject({ event: "failed", error: { code: "DISK_FULL" } });
    expect(run("ls", folder)).toBe("");
  });

  it.each([
    [
      "is read-only",
      (folder: string) => bench.mount("tmpfs", folder, "-t", "tmpfs", "-o", "ro"),
      /read-only/,
    ],
    ["is a file", (folder: string) => writeFileSync(folder, ""), /cannot be made/],
  ])("says that its folder %s", async (_what, spoil, message) => {
    const folder = join(bench.folder(), "folder");
    spoil(folder);
    const { last } = await make("card", folder);
    expect(last).toMatchObject({
      event: "failed",
      error: { code: "PRACTICE_UNAVAILABLE", message: expect.stringMatching(message) },
    });
  });
});
