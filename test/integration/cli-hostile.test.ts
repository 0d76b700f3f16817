/** The built programs, and strangers whose words are no words: what comes out steers no terminal. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultSettings } from "#contract/settings.ts";
import { builtProgram } from "../support/built.ts";
import { escapes, harmfulIn } from "../support/hostile/words.ts";
import { type NixEnvironment, nixEnvironment } from "../support/nix.ts";

const cli = builtProgram("cli");
const station = builtProgram("station");
const evil = escapes.filter((one) => !one.includes("\0")).join(" ");

let nix: NixEnvironment;
beforeAll(async () => {
  nix = await nixEnvironment();
});
afterAll(() => nix.remove());

/** A flake whose `floppy.catalog` is this JSON, or an error with this text. */
async function flakeOf(catalog: object | string): Promise<string> {
  const folder = await mkdtemp(join(nix.folder, "hostile-"));
  const value = JSON.stringify(JSON.stringify(catalog)).replaceAll("${", "\\${");
  const told = `builtins.fromJSON ${value}`;
  const output = typeof catalog === "string" ? `throw (${told})` : told;
  await writeFile(join(folder, "flake.nix"), `{ outputs = _: { floppy.catalog = ${output}; }; }`);
  return `path:${folder}`;
}

/** Both outputs together, by a process that knows of that flake alone. */
async function say(flake: string, ...words: string[]): Promise<string> {
  const data = await mkdtemp(join(nix.folder, "data-"));
  await mkdir(data, { recursive: true });
  await writeFile(join(data, "settings.json"), JSON.stringify({ ...defaultSettings, flake }));
  const env = { ...nix.env, FLOPPY_DATA: data };
  const { stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { encoding: "utf8", env });
  return stdout + stderr;
}

const hostileCatalog = {
  hosts: [
    {
      name: "raspberry",
      label: `Pi ${evil}`,
      system: "aarch64-linux",
      prefix: "RPI",
      medium: "card",
      battery: false,
    },
  ],
  roles: [
    {
      name: "robot",
      purpose: `drives ${evil}\nrobot  Nothing of it is true`,
      desktop: evil,
      services: [evil],
      hardware: evil,
      refuses: { [`x${evil}`]: evil },
    },
  ],
};

describe("a flake that speaks to the terminal", () => {
  it.each([[["catalog"]], [["catalog", "--json"]], [["catalog", "--verbose"]]])(
    "in its catalog is shown as words: floppy %s",
    async (words) => {
      const said = await say(await flakeOf(hostileCatalog), ...words);
      expect(said).toContain("drives ");
      expect(harmfulIn(said)).toEqual([]);
      expect(said).not.toMatch(/^robot {2}Nothing/m);
    },
  );

  it.each([[["catalog"]], [["catalog", "--json"]], [["devices", "add", "FLOPPY-RPI-00001"]]])(
    "in its errors is told of in words: floppy %s",
    async (words) => {
      const said = await say(await flakeOf(`no catalog ${evil}`), ...words, "--verbose");
      expect(said).toContain("no catalog");
      expect(harmfulIn(said)).toEqual([]);
    },
  );
});

describe("words of the command line", () => {
  it.each([
    ["the command", cli, ["drives", "test", `/dev/${evil}`]],
    ["the command, of a serial", cli, ["provision", evil]],
    ["the command, of an option", cli, [`--${evil}`]],
    ["the station", station, ["--port", evil]],
    ["the station, of an option", station, [`--${evil}`]],
    ["the station, of a folder", station, ["--data", `/proc/${evil}`]],
  ])("that steer a terminal are said back as words, by %s", (_who, program, words) => {
    const env = { ...nix.env, FLOPPY_DATA: join(nix.folder, "own") };
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...words], {
      encoding: "utf8",
      env,
    });
    expect(status).not.toBe(0);
    expect(stderr).not.toBe("");
    expect(harmfulIn(stdout + stderr)).toEqual([]);
  });
});
