/** Folders whose names mean something in a URL, or nothing: Floppy's own, those of settings, the data folder. */
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCatalogs } from "#adapters/catalog/catalogs.ts";
import { createNix } from "#adapters/nix/nix.ts";
import { createSystems } from "#adapters/systems/systems.ts";
import { defaultSettings } from "#contract/settings.ts";
import { parseHardware } from "#core/install/hardware.ts";
import { type NixEnvironment, nixEnvironment } from "../../../support/nix.ts";
import { hardwareAnswer } from "../../../unit/core/install/machine.ts";

const fixtures = fileURLToPath(new URL("../../../fixtures", import.meta.url));
const own = fileURLToPath(new URL("../../../../nixos", import.meta.url));
const never = new AbortController().signal;
const { facts: hardware } = parseHardware(hardwareAnswer);
const silent = { progress: () => undefined, log: () => undefined };

let nix: NixEnvironment;
beforeAll(async () => {
  nix = await nixEnvironment();
});
afterAll(() => nix.remove());

describe.each(["my floppy", "c#", "what?", "100% mine", "my%20floppy", "bänk", "a\nb"])("in %j", (name) => {
  const within = (inner: string) => join(nix.folder, name, inner);
  const copied = async (from: string, to: string) => {
    await mkdir(within("."), { recursive: true });
    await cp(from, within(to), { recursive: true });
    return within(to);
  };

  test("Floppy's own flake is read, by its file and as a flake", async () => {
    const bundledFlake = await copied(own, "own");
    const catalogs = createCatalogs({ bundledFlake, bundledCopy: join(own, "catalog.json"), env: nix.env });
    const source = { kind: "flake", flake: bundledFlake };
    expect(await catalogs.load(null)).toMatchObject({ source });
    expect(await catalogs.load(bundledFlake)).toMatchObject({ source });
  });

  test.each(["", "path:"])(
    "a flake of Settings that begins with “%s” is looked at and built",
    async (prefix) => {
      const flake = prefix + (await copied(join(fixtures, "flake"), "flake"));
      const request = {
        flake,
        attribute: "images.raspberry-robot",
        system: "x86_64-linux",
        settings: defaultSettings,
      } as const;
      const { preflight, build } = createNix({ env: nix.env });
      const { checks } = await preflight(request, never);
      expect(checks).toContainEqual(expect.objectContaining({ name: "Target", ok: true }));
      const { path, provenance } = await build(request, silent, never);
      expect(provenance).toMatchObject({ flake, revision: null });
      expect((await readFile(path)).length).toBeGreaterThan(0);
    },
  );

  test("a system is staged and built in the data folder", async () => {
    const flake = await copied(join(fixtures, "system"), "system");
    const folder = within("data");
    const bundled = { bundledFlake: own, bundledLayout: join(own, "layout.json") };
    const systems = createSystems({ ...bundled, folder, env: nix.env });
    expect((await systems.layout(flake)).partitions).toMatchObject([{ label: "only-root" }]);
    const staged = await systems.stage({ flake, runId: "run", hardware }, never);
    expect(staged.folder.startsWith(folder)).toBe(true);
    const attribute = "nixosConfigurations.dell-dev.config.system.build.toplevel";
    const request = {
      flake: staged.folder,
      attribute,
      system: "x86_64-linux",
      settings: defaultSettings,
    } as const;
    const { storePath } = await systems.build(request, silent, never);
    expect(storePath).toContain(nix.store);
  });
});
