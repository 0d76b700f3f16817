import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { namedPlaces } from "#adapters/drives/named-places.ts";
import { announcePartitions, createBench, MIB } from "./bench.ts";

const bench = createBench();
afterEach(bench.clear);

const pathsOf = async (name: string) => (await namedPlaces(name)).map(({ path }) => path);

describe("a drive is found by", () => {
  it("its path, its name, a way about, and a link", async () => {
    const drive = bench.drive(16 * MIB);
    const link = join(bench.folder(), "card");
    symlinkSync(drive, link);
    for (const name of [
      drive,
      basename(drive),
      relative(process.cwd(), drive),
      `/dev/../dev/${basename(drive)}`,
      link,
    ])
      expect(await pathsOf(name), name).toEqual([drive]);
  });

  it("every link below /dev/disk, whole or bare", async () => {
    const drive = bench.drive(16 * MIB);
    const folder = "/dev/disk/by-floppy-test";
    mkdirSync(folder, { recursive: true });
    const link = join(folder, `usb-card-${process.pid}`);
    symlinkSync(drive, link);
    bench.later(() => rmSync(folder, { recursive: true }));
    expect(await pathsOf(link)).toEqual([drive]);
    expect(await pathsOf(basename(link))).toEqual([drive]);
  });

  it("the file of a practice drive, attached or not", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 16 * MIB);
    expect(await pathsOf(relative(process.cwd(), file))).toEqual([file]);
    const drive = bench.attach(file);
    expect(await pathsOf(file)).toEqual([file, drive]);
  });
});

it("a partition is told as one, with its disk", async () => {
  const drive = bench.drive(32 * MIB, { partitioned: true });
  announcePartitions(drive);
  expect(await namedPlaces(`${basename(drive)}p1`)).toEqual([{ path: `${drive}p1`, partitionOf: drive }]);
});

it("nothing is found by a name of nothing, or of a folder", async () => {
  for (const name of ["", " ", "no-such-drive", readdirSync("/")[0] ?? "", "/dev"])
    expect(await namedPlaces(name)).toEqual([]);
});
