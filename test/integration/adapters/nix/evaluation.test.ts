/** Evaluating a flake is reading it: nothing of it runs on this computer before something is built on purpose. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createCatalogs } from "#adapters/catalog/catalogs.ts";
import { createNix } from "#adapters/nix/nix.ts";
import { createSystems } from "#adapters/systems/systems.ts";
import { defaultSettings } from "#contract/settings.ts";
import { parseHardware } from "#core/install/hardware.ts";
import type { BuildRequest } from "#core/ports/images.ts";
import { type NixEnvironment, nixEnvironment } from "../../../support/nix.ts";
import { hardwareAnswer } from "../../../unit/core/install/machine.ts";

const never = new AbortController().signal;
const silent = { progress: () => undefined, log: () => undefined };
const system = "nixosConfigurations.dell-dev.config.system.build.toplevel";

/** Whatever is asked of it, its answer is made by a program that is built and run for it. */
const importing = (mark: string, config: string) => `{
  ${config}
  outputs = _:
    let
      made = derivation {
        name = "made";
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [ "-c" "echo ran > ${mark}; echo '{ }' > $out" ];
      };
    in
    {
      floppy = { catalog = import made; layout = builtins.readFile made; };
      images.raspberry-robot = import made;
      ${system} = import made;
    };
}
`;

let nix: NixEnvironment;
let flake: string;
let mark: string;
let count = 0;

async function plant(config = ""): Promise<void> {
  const folder = join(nix.folder, `importing-${count++}`);
  mark = join(folder, "ran");
  flake = `path:${folder}`;
  await mkdir(folder);
  await writeFile(join(folder, "flake.nix"), importing(mark, config));
}

describe("a flake whose words would be options of a program", () => {
  beforeAll(async () => {
    nix = await nixEnvironment();
  });
  afterAll(() => nix.remove());

  test.each([
    ["drvPath", "--no-build-output"],
    ["outPath", "--impure"],
    ["outPath", "github:evil/flake"],
  ])("is refused: its %s is “%s”", async (name, word) => {
    const folder = join(nix.folder, `options-${count++}`);
    await mkdir(folder);
    const whole = { system: "x86_64-linux", drvPath: `${nix.store}/x.drv`, outPath: nix.store, [name]: word };
    const fields = Object.entries(whole).map(([key, value]) => `${key} = ${JSON.stringify(value)};`);
    await writeFile(
      join(folder, "flake.nix"),
      `{ outputs = _: { images.raspberry-robot = { type = "derivation"; name = "x"; ${fields.join(" ")} }; }; }`,
    );
    const asked = {
      flake: `path:${folder}`,
      attribute: "images.raspberry-robot",
      system: "x86_64-linux",
    } as const;
    const { checks } = await createNix({ env: nix.env }).preflight(
      { ...asked, settings: defaultSettings },
      never,
    );
    const found = expect.stringContaining("is nothing that can be built");
    expect(checks).toContainEqual(expect.objectContaining({ name: "Target", ok: false, found }));
  });
});

describe.each([
  ["as it is", "", ""],
  ["that allows itself more", "nixConfig.allow-import-from-derivation = true;", "accept-flake-config = true"],
])("a flake %s that would have something built and run to be read", (_name, config, settings) => {
  beforeAll(async () => {
    nix = await nixEnvironment({ settings });
  });
  afterAll(() => nix.remove());
  beforeEach(() => plant(config));

  const own = () => join(nix.folder, "own");
  const systems = () =>
    createSystems({
      bundledFlake: own(),
      bundledLayout: own(),
      folder: join(nix.folder, "systems"),
      env: nix.env,
    });
  const request = (attribute: string): BuildRequest => ({
    flake,
    attribute,
    system: "x86_64-linux",
    settings: defaultSettings,
  });
  const refused = expect.objectContaining({
    code: "NIX_IMPORT_REFUSED",
    message: expect.stringContaining("wants made to be built and run while it is only read"),
  });

  test("gives no catalog", async () => {
    const catalogs = createCatalogs({ bundledFlake: own(), bundledCopy: own(), env: nix.env });
    await expect(catalogs.load(flake)).rejects.toMatchObject({
      code: "CATALOG_UNREADABLE",
      details: { cause: "NIX_IMPORT_REFUSED" },
    });
    expect(existsSync(mark)).toBe(false);
  });

  test("gives no layout", async () => {
    await expect(systems().layout(flake)).rejects.toEqual(refused);
    expect(existsSync(mark)).toBe(false);
  });

  test("passes no preflight", async () => {
    const { checks } = await createNix({ env: nix.env }).preflight(request("images.raspberry-robot"), never);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: "Target", ok: false, found: expect.stringContaining("wants made") }),
    );
    expect(existsSync(mark)).toBe(false);
  });

  test("gives no image", async () => {
    const building = createNix({ env: nix.env }).build(request("images.raspberry-robot"), silent, never);
    await expect(building).rejects.toEqual(refused);
    expect(existsSync(mark)).toBe(false);
  });

  test("gives no system", async () => {
    const { facts: hardware } = parseHardware(hardwareAnswer);
    const staged = await systems().stage({ flake, runId: `run-${count}`, hardware }, never);
    const building = systems().build({ ...request(system), flake: staged.folder }, silent, never);
    await expect(building).rejects.toEqual(refused);
    expect(existsSync(mark)).toBe(false);
  });
});
