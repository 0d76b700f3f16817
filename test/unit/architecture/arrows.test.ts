import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const forbidden = [
  ["src-main/contract/a.ts", "#core/floppy.ts"],
  ["src-main/core/a.ts", "#adapters/open-floppy.ts"],
  ["src-main/core/b.ts", "node:fs"],
  ["src-main/core/runs/a.ts", "../../adapters/open-floppy.ts"],
  ["src-main/adapters/a.ts", "electron"],
  ["src-main/adapters/b.ts", "etcher-sdk"],
  ["src-main/adapters/c.ts", "../writer/main.ts"],
  ["src-main/writer/a.ts", "#adapters/open-floppy.ts"],
  ["src-main/preload/a.ts", "#core/floppy.ts"],
  ["src-main/station/a.ts", "../app/main.ts"],
  ["src-main/cli/a.ts", "electron"],
  ["src-renderer/ui/a.ts", "#contract/api.ts"],
  ["src-renderer/stores/a.ts", "#core/floppy.ts"],
  ["src-renderer/features/a.ts", "../bridge/bridge.ts"],
] as const;

const allowed = [
  ["src-main/core/c.ts", "#contract/api.ts"],
  ["src-main/adapters/d.ts", "#core/floppy.ts"],
  ["src-main/adapters/e.ts", "./writer/client.ts"],
  ["src-main/adapters/nix/a.ts", "../writer/client.ts"],
  ["src-main/writer/b.ts", "etcher-sdk"],
] as const;

/** A tree of its own under the project's rules, with one import planted in each file. */
function lintPlanted(folder: string): string {
  copyFileSync(resolve(import.meta.dirname, "../../../biome.json"), join(folder, "biome.json"));
  for (const [path, specifier] of [...forbidden, ...allowed]) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), `import "${specifier}";\n`);
  }
  const lint = ["lint", "--vcs-enabled=false", "--only=style/noRestrictedImports", "--max-diagnostics=none"];
  return spawnSync("biome", lint, { cwd: folder, encoding: "utf8" }).stderr;
}

describe("the import arrows", () => {
  const folder = mkdtempSync(join(tmpdir(), "arrows-"));
  const diagnostics = lintPlanted(folder);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(forbidden)("%s may not import %s", (path) => {
    expect(diagnostics).toContain(`${path}:`);
  });

  it.each(allowed)("%s may import %s", (path) => {
    expect(diagnostics).not.toContain(`${path}:`);
  });
});
