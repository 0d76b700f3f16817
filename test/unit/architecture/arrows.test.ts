import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../../..");

/** What the linter says of a file with this import, if it stood at this place. */
function lint(path: string, specifier: string): string {
  const options = { cwd: root, input: `import "${specifier}";\n`, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync("biome", ["lint", `--stdin-file-path=${path}`], options);
  return stdout + stderr;
}

describe("the import arrows", () => {
  it.each([
    ["src-main/contract/planted.ts", "#core/floppy.ts"],
    ["src-main/core/planted.ts", "#adapters/open-floppy.ts"],
    ["src-main/core/planted.ts", "node:fs"],
    ["src-main/core/runs/planted.ts", "../../adapters/open-floppy.ts"],
    ["src-main/adapters/planted.ts", "electron"],
    ["src-main/adapters/planted.ts", "etcher-sdk"],
    ["src-main/adapters/planted.ts", "../writer/main.ts"],
    ["src-main/writer/planted.ts", "#adapters/open-floppy.ts"],
    ["src-main/preload/planted.ts", "#core/floppy.ts"],
    ["src-main/station/planted.ts", "../app/main.ts"],
    ["src-main/cli/planted.ts", "electron"],
    ["src-renderer/ui/planted.ts", "#contract/api.ts"],
    ["src-renderer/stores/planted.ts", "#core/floppy.ts"],
    ["src-renderer/features/planted.ts", "../bridge/bridge.ts"],
  ])("%s may not import %s", (path, specifier) => {
    expect(lint(path, specifier)).toContain("noRestrictedImports");
  });

  it.each([
    ["src-main/core/planted.ts", "#contract/api.ts"],
    ["src-main/adapters/planted.ts", "#core/floppy.ts"],
    ["src-main/adapters/planted.ts", "./writer/client.ts"],
    ["src-main/adapters/nix/planted.ts", "../writer/client.ts"],
    ["src-main/writer/planted.ts", "etcher-sdk"],
  ])("%s may import %s", (path, specifier) => {
    expect(lint(path, specifier)).not.toContain("noRestrictedImports");
  });
});
