import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exceptions, houses } from "../../support/architecture/arrows.mjs";
import { draw, look, picturesIn, project } from "../../support/architecture/cruise.ts";
import { rulesBut } from "../../support/architecture/rules.mjs";

const page = readFileSync(join(project, "ARCHITECTURE.md"), "utf8");
const planted = mkdtempSync(join(tmpdir(), "arrows-"));
afterAll(() => rmSync(planted, { recursive: true }));

/** A tree of its own. */
function plant(files: Record<string, string>): string {
  const folder = mkdtempSync(join(planted, "tree-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const places = {
  "package.json": readFileSync(join(project, "package.json"), "utf8"),
  "node_modules/some-package/index.js": "",
  "src-main/contract/api.ts": "",
  "src-main/core/floppy.ts": "",
  "src-main/core/install/kind.ts": "",
  "src-main/core/ports/clock.ts": "",
  "src-main/adapters/open-floppy.ts": "",
  "src-main/adapters/writer/client.ts": "",
  "src-main/writer/main.ts": "",
  "src-main/app/main.ts": "",
  "src-renderer/bridge/bridge.ts": "",
  "src-renderer/features/wizard/Wizard.tsx": "",
  "test/support/double.ts": "",
};

const forbidden = [
  ["src-main/contract/a.ts", "#core/floppy.ts", "src-main/contract"],
  ["src-main/core/runs/a.ts", "../../adapters/open-floppy.ts", "src-main/core"],
  ["src-main/core/a/b/c/d.ts", "#adapters/open-floppy.ts", "src-main/core"],
  ["src-main/core/runs/b.ts", "../install/kind.ts", "src-main/core/runs"],
  ["src-main/core/ports/a.ts", "#core/install/kind.ts", "src-main/core/ports"],
  ["src-main/adapters/a.ts", "../writer/main.ts", "src-main/adapters"],
  ["src-main/writer/a.ts", "#adapters/open-floppy.ts", "src-main/writer"],
  ["src-main/preload/a.ts", "#core/floppy.ts", "src-main/preload"],
  ["src-main/station/a.ts", "../app/main.ts", "src-main/station"],
  ["src-main/cli/a.ts", "../../test/support/double.ts", "src-main/cli"],
  ["src-renderer/ui/a.ts", "#contract/api.ts", "src-renderer/ui"],
  ["src-renderer/stores/a.ts", "#core/floppy.ts", "src-renderer/stores"],
  ["src-renderer/features/a.ts", "../bridge/bridge.ts", "src-renderer/features"],
  ["src-renderer/features/run/a.tsx", "../wizard/Wizard.tsx", "src-renderer/features/run"],
  ["src-main/novel/a.ts", "#contract/api.ts", "?"],
  ["src-main/core/novel.ts", "./ports/clock.ts", "src-main/core/?"],
  ["src-renderer/features/Novel.tsx", "#contract/api.ts", "src-renderer/features/?"],
  ["src-main/core/runs/c.ts", "node:fs", "node:"],
  ["src-main/contract/b.ts", "fs", "node:"],
  ["src-main/preload/b.ts", "node:sqlite", "node:"],
  ["src-renderer/stores/b.ts", "node:events", "node:"],
  ["src-main/adapters/b.ts", "electron", "electron"],
  ["src-main/cli/b.ts", "electron", "electron"],
  ["src-main/adapters/c.ts", "etcher-sdk/build/errors.js", "etcher-sdk"],
  ["src-main/writer/b.ts", "ssh2", "ssh2"],
  ["src-main/linux/a.ts", "drivelist", "drivelist"],
  ["src-main/app/a.ts", "react", "react"],
  ["src-main/core/images/a.ts", "some-package", "package"],
  ["src-main/linux/b.ts", "./gone.ts", "nowhere"],
  ["src-main/linux/c.ts", "./c.ts", "circle"],
  ["test/unit/a.ts", "./a.ts", "circle"],
] as const;

const allowed = [
  ["src-main/core/floppy/a.ts", "#contract/api.ts"],
  ["src-main/core/install/a.ts", "../ports/clock.ts"],
  ["src-main/core/install/phases/a.ts", "../kind.ts"],
  ["src-main/adapters/d.ts", "#core/floppy.ts"],
  ["src-main/adapters/e.ts", "./writer/client.ts"],
  ["src-main/adapters/nix/a.ts", "../writer/client.ts"],
  ["src-main/linux/d.ts", "node:fs"],
  ["test/unit/b.ts", "../../src-main/app/main.ts"],
] as const;

describe("the lint", async () => {
  const imports = [...forbidden, ...allowed].map(([path, specifier]) => [path, `import "${specifier}";\n`]);
  const tree = plant({ ...places, ...Object.fromEntries(imports) });
  const { summary } = await look(tree, ["src-main", "src-renderer", "test"]);
  const refusals = (path: string) => summary.violations.filter(({ from }) => from === path);

  it.each(forbidden)("refuses that %s imports %s", (path, _specifier, rule) => {
    expect(refusals(path).map((violation) => violation.rule.name)).toContain(rule);
  });

  it.each(allowed)("lets %s import %s", (path) => {
    expect(refusals(path)).toEqual([]);
  });
});

describe("an import is one however it is written:", async () => {
  const ways = {
    value: 'import { a } from "../writer/main.ts";',
    type: 'import type { A } from "../writer/main.ts";',
    "type among others": 'import { type A } from "../writer/main.ts";',
    export: 'export { a } from "../writer/main.ts";',
    "export of all": 'export * from "../writer/main.ts";',
    later: 'export const a = async () => await import("../writer/main.ts");',
    required: 'export const a = require("../writer/main.ts");',
  };
  const files = Object.entries(ways).map(([way, text]) => [`src-main/adapters/${way}.ts`, text]);
  const tree = plant({ ...places, ...Object.fromEntries(files) });
  const { summary } = await look(tree, ["src-main"]);

  it.each(Object.keys(ways))("%s", (way) => {
    expect(summary.violations.map(({ from }) => from)).toContain(`src-main/adapters/${way}.ts`);
  });

  it("the one way that the parser does not see is not used", () => {
    const sources = globSync("{src-main,src-renderer}/**/*.{ts,tsx}", { cwd: project });
    const hidden = /typeof import\(|\bimport\("[^"]*"\)\.[A-Z]/;
    expect(sources.filter((file) => hidden.test(readFileSync(join(project, file), "utf8")))).toEqual([]);
  });
});

it("a file with an exception is held to the rest of its row", async () => {
  const [from, excused] = ["src-main/adapters/a.ts", "src-main/writer/main.ts"];
  const tree = plant({ ...places, [from]: 'import "../writer/main.ts";\nimport "../app/main.ts";\n' });
  const { summary } = await look(tree, ["src-main"], { forbidden: rulesBut({ [from]: [excused] }) });
  expect(summary.violations.map(({ to }) => to)).toEqual(["src-main/app/main.ts"]);
});

/** The tables of a section: first names, then what they may import. */
function tablesIn(section: string): Map<string, string[]>[] {
  return section
    .split(/\n(?=\| (?:folder|room|part) )/)
    .slice(1)
    .map(readTable);
}

function readTable(text: string): Map<string, string[]> {
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.flatMap((row) => {
      const cells = row.split("|").map((cell) => cell.trim());
      const allowed = cells.at(-2) === "–" ? [] : (cells.at(-2) ?? "").split(", ");
      return [...(cells[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [name, allowed] as const);
    }),
  );
}

/** From a file to the top of its tree. */
const up = (file: string) => "../".repeat(file.split("/").length - 1);

/** What the lint lets through of a house where each room imports all others. */
async function freeRooms({ home, rows }: (typeof houses)[number]): Promise<Map<string, string[]>> {
  const rooms = Object.keys(rows);
  const file = (room: string) => `${home}${room}/a.ts`;
  const others = (room: string) => rooms.filter((one) => one !== room);
  const importAll = (room: string) => others(room).map((one) => `import "${up(file(room))}${file(one)}";\n`);
  const files = rooms.map((room) => [file(room), importAll(room).join("")]);
  const tree = plant(Object.fromEntries(files));
  const rules = rulesBut({}).filter(({ name }) => name !== "circle");
  const { violations } = (await look(tree, ["."], { forbidden: rules })).summary;
  const isRefused = (room: string, other: string) =>
    violations.some(
      ({ from, to, rule }) => rule.name === home + room && from === file(room) && to === file(other),
    );
  return new Map(rooms.map((room) => [room, others(room).filter((other) => !isRefused(room, other))]));
}

describe("“The arrows” in ARCHITECTURE.md", async () => {
  const section = /## The arrows\n.*?(?=\n## )/s.exec(page)?.[0] ?? "";
  const tables = tablesIn(section);
  const free: Map<string, string[]>[] = [];
  for (const house of houses) free.push(await freeRooms(house));
  const short = (name: string) => name.split("/").at(-1) ?? "";
  const rooms = free.flatMap((house, index) => [...house.keys()].map((room) => ({ room, index })));

  it("has a table for each house, with a row for each room", () => {
    const named = tables.map((table) => [...table.keys()].toSorted());
    expect(named).toEqual(houses.map(({ rows }) => Object.keys(rows).toSorted()));
  });

  it.each(rooms)("says of “$room” what the lint lets through", ({ room, index }) => {
    const through = free[index]?.get(room)?.map(short);
    expect(through?.toSorted()).toEqual(tables[index]?.get(room)?.toSorted());
  });
});

describe("the sources", async () => {
  const seen = await look(project, ["src-main", "src-renderer"], { forbidden: rulesBut({}) });

  it("have the exceptions that are listed, and no others", () => {
    const found = seen.summary.violations.map(({ from, to }) => `${from} → ${to}`);
    const listed = Object.entries(exceptions).flatMap(([from, excused]) =>
      excused.map((to) => `${from} → ${to}`),
    );
    expect(found.toSorted()).toEqual(listed.toSorted());
  });

  it("are what the pictures show; if not, `npm run draw`", async () => {
    expect(picturesIn(page)).toEqual(await draw(seen));
  });
});

it.each(houses)("no row of the table names one below it, so no arrow runs back: “$home”", ({ rows }) => {
  const names = Object.keys(rows);
  const back = Object.entries(rows).flatMap(([name, allowed]) =>
    allowed
      .filter((one) => names.indexOf(one) === -1 || names.indexOf(one) >= names.indexOf(name))
      .map((one) => `${name} → ${one}`),
  );
  expect(back).toEqual([]);
});
