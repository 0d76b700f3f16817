/** What root may run: files of root's alone, as another user of the machine would plant others. */
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { foreignPart } from "#adapters/writer/root-owned.ts";

const nobody = 65534;
const base = "/root-owned-test";
const program = join(base, "lib/floppy/app");
const levels = [base, join(base, "lib"), join(base, "lib/floppy"), program];
const files = ["out/main/writer.js", "node_modules/native/index.node", "package.json"].map((file) =>
  join(program, file),
);

beforeEach(() => {
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
});
afterEach(() => execa("rm", ["-r", base]));

it("is what root owns at each level", async () => {
  await expect(foreignPart([program])).resolves.toBeNull();
});

it.each([...levels, ...files, join(program, "node_modules/native")])(
  "is refused where %s is another’s",
  async (path) => {
    chownSync(path, nobody, nobody);
    await expect(foreignPart([program])).resolves.toBe(path);
  },
);

it.each([...levels, ...files])("is refused where others may write to %s", async (path) => {
  chmodSync(path, 0o777);
  await expect(foreignPart([program])).resolves.toBe(path);
});

it("is refused where a list of rights lets one more user write", async () => {
  chmodSync(program, 0o775);
  await expect(foreignPart([program])).resolves.toBe(program);
});

it("is refused where it is not there", async () => {
  await expect(foreignPart([join(base, "lib/none")])).resolves.toBe(join(base, "lib/none"));
});

describe("a link", () => {
  it("on the way is refused, wherever it leads", async () => {
    renameSync(join(base, "lib"), join(base, "elsewhere"));
    symlinkSync(join(base, "elsewhere"), join(base, "lib"));
    await expect(foreignPart([program])).resolves.toBe(join(base, "lib"));
  });

  it("among the files is refused where it leads to what is another’s", async () => {
    const planted = join("/tmp", "planted.node");
    writeFileSync(planted, "");
    const link = join(program, "node_modules/native/link.node");
    symlinkSync(planted, link);
    await expect(foreignPart([program])).resolves.toBe(link);
    await execa("rm", [planted]);
  });

  it("among the files may lead to another of root’s", async () => {
    symlinkSync(files[0] ?? "", join(program, "node_modules/native/link.js"));
    await expect(foreignPart([program])).resolves.toBeNull();
  });
});
