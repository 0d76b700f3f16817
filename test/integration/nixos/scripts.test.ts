import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../../nixos", import.meta.url));
const MAX_LINES = 150;

test("every script of the devices is short, and shellcheck has nothing to say", async () => {
  const files = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name));
  expect(files).toContain(join(folder, "scripts/identity.sh"));
  await execa("shellcheck", ["--external-sources", ...files]);
  for (const file of files)
    expect((await readFile(file, "utf8")).split("\n").length).toBeLessThanOrEqual(MAX_LINES);
});
