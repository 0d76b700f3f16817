/** What the flake's README tells people to do with it. */
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FlakeBench, flakeBench, flakeFolder } from "../../support/flake.ts";

let bench: FlakeBench;
let readme: string;
beforeAll(async () => {
  bench = await flakeBench();
  readme = await readFile(join(flakeFolder, "README.md"), "utf8");
});
afterAll(() => bench.remove());

test("the flake of one's own that the README shows has a system and an image", async () => {
  const example = /```nix\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const url = "github:you/floppy?dir=nixos";
  expect(example).toContain(url);
  const folder = join(bench.nix.folder, "own");
  await mkdir(folder);
  await writeFile(join(folder, "flake.nix"), example.replace(url, `path:${await bench.selfContained()}`));

  const evaluate = async (output: string) =>
    JSON.parse(await bench.runAlone(folder, ["eval", "--json"], output));
  expect(await evaluate("nixosConfigurations.raspberry-robot.config.floppy.user")).toBe("ada");
  expect(await evaluate("nixosConfigurations.raspberry-robot.report.failedAssertions")).toEqual([]);
  expect(await evaluate("images.raspberry-robot.name")).toBe("floppy-raspberry-robot");
  expect(await evaluate("floppy.layout.table")).toBe("gpt");
});

test("every file and folder that the README names is there", async () => {
  const named = [...readme.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
  expect(named).toContain("flake.nix");
  for (const name of named) await access(join(flakeFolder, name));
});
