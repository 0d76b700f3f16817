/** The parts of the checks (nixos/checks) that need no machine of their own. */
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { flakeFolder } from "../../support/flake.ts";

const MIB = 1024 ** 2;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-checks-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a stick is the installer's image with one more partition, found in its table", async () => {
  const path = (name: string) => join(folder, name);
  const iso = path("iso");
  const partition = path("partition");
  const stick = path("stick");
  // No whole number of MiB, and a table with one entry, as an installer's has.
  await writeFile(iso, Buffer.alloc(3 * MIB + 4096, "iso"));
  await execa("sfdisk", ["--quiet", iso], { input: "64,4096,17,*\n" });
  const image = await readFile(iso);
  await writeFile(partition, "");
  await truncate(partition, 2 * MIB);
  await execa("mformat", ["-i", partition, "-v", "FLOPPY", "::"]);

  await execa("bash", [join(flakeFolder, "checks/stick.sh"), iso, partition, stick]);

  const { stdout } = await execa("sfdisk", ["--json", stick]);
  const { partitions } = JSON.parse(stdout).partitiontable;
  expect(partitions).toEqual([
    expect.objectContaining({ start: 64, size: 4096 }),
    { node: `${stick}3`, start: 8192, size: 4096, type: "c" },
  ]);
  const written = await readFile(stick);
  const tableEnd = 510;
  expect(written.subarray(tableEnd, image.length).equals(image.subarray(tableEnd))).toBe(true);
  expect(written.subarray(4 * MIB).equals(await readFile(partition))).toBe(true);
});
