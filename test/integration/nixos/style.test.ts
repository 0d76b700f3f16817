import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { styleProblems } from "../../support/nix-style.ts";

const MAX_LINES = 150;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const folders = ["nixos", "test/fixtures"];

async function nixFiles(): Promise<string[]> {
  const found = folders.map(async (folder) =>
    (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
  );
  return (await Promise.all(found)).flat().filter((name) => name.endsWith(".nix"));
}

test("every nix file can be parsed", async () => {
  const files = await nixFiles();
  expect(files).toContain("nixos/flake.nix");
  await execa("nix-instantiate", ["--parse", ...files], { cwd: root });
});

test("every nix file is short and formatted", async () => {
  const problems = (await nixFiles()).map(async (file) =>
    styleProblems(await readFile(join(root, file), "utf8"), MAX_LINES).map((problem) => `${file}:${problem}`),
  );
  expect((await Promise.all(problems)).flat()).toEqual([]);
});

describe("the check of the format", () => {
  test.each([
    ["{ a = 1; }\n", []],
    [`{\n  a = ''\n   free ''\${here} '''=\n  '';\n  # and {here}\n}\n`, []],
    [`{ a = "x=\${if b=="}" then "" else {c}}"; }\n`, []],
    ["{ a=1; }\n", ["1: no space around ="]],
    ["{a = [1 ]; }\n", ["1: no space inside brackets", "1: no space inside braces"]],
    ["{ a = 1 ; }\n", ["1: a space before ;"]],
    ["{ a, b,c }: a\n", ["1: no space after , or ;"]],
    ["{\n   a = 1;\n}\n", ["2: an odd indentation"]],
    ["{\n\ta = 1; \n}\n", ["2: a tab", "2: a space at the end"]],
    ["{ }\n\n\n", ["two empty lines", "no single newline at the end"]],
    ["1\n".repeat(MAX_LINES + 1), [`${MAX_LINES + 1} lines`]],
  ])("of %j finds %j", (source, problems) => {
    expect(styleProblems(source, MAX_LINES)).toEqual(problems);
  });
});
