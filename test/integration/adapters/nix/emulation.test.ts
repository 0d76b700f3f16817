import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNix } from "#adapters/nix/nix.ts";
import type { Preflight } from "#contract/images.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import type { BuildRequest } from "#core/ports/images.ts";
import {
  emulateAarch64,
  flakeWithEmulatedImage,
  type NixEnvironment,
  nixEnvironment,
  switchEmulation,
} from "../../../support/nix.ts";

const never = new AbortController().signal;
const observe = { progress: () => {}, log: () => {} };

let plain: NixEnvironment;
let emulating: NixEnvironment;
let flake: string;
let stopEmulation = async () => {};

beforeAll(async () => {
  plain = await nixEnvironment();
  emulating = await nixEnvironment({ settings: "extra-platforms = aarch64-linux" });
  flake = await flakeWithEmulatedImage(plain.folder);
  stopEmulation = await emulateAarch64();
});
afterAll(async () => {
  await stopEmulation();
  await plain.remove();
  await emulating.remove();
});

function requestFor(attribute: string, settings: Partial<Settings> = {}): BuildRequest {
  return { flake, attribute, system: "aarch64-linux", settings: { ...defaultSettings, ...settings } };
}

/** What the check on a system found, whether it passed or not. */
function systemCheck({ checks }: Preflight) {
  return checks.find(({ name }) => name === "Build for aarch64-linux");
}

async function check(env: NodeJS.ProcessEnv, settings?: Partial<Settings>) {
  return createNix({ env }).preflight(requestFor("images.emulated", settings), never);
}

describe("an aarch64 derivation on this machine", () => {
  test("without extra-platforms is refused by nix, and by the preflight before it", async () => {
    const preflight = await check(plain.env);
    expect(preflight.ready).toBe(false);
    expect(systemCheck(preflight)).toEqual({
      name: "Build for aarch64-linux",
      ok: false,
      found: "This machine is x86_64-linux, with no aarch64-linux in nix’s extra-platforms.",
      fix: "Add “extra-platforms = aarch64-linux” to nix.conf (/etc/nix/nix.conf). Or set a remote builder in Settings.",
    });
    const nix = createNix({ env: plain.env });
    await expect(nix.build(requestFor("images.emulated"), observe, never)).rejects.toMatchObject({
      code: "NIX_SYSTEM_UNSUPPORTED",
      message: "This machine cannot build for aarch64-linux.",
    });
  });

  describe("with binfmt switched off", () => {
    beforeAll(() => switchEmulation("off"));
    afterAll(() => switchEmulation("on"));

    test("is refused, naming the emulator to install", async () => {
      expect(systemCheck(await check(emulating.env))).toMatchObject({
        ok: false,
        found: "This machine is x86_64-linux, with no binfmt entry for aarch64-linux.",
        fix: expect.stringContaining("apt install qemu-user-static"),
      });
    });

    test("is refused, naming both, without extra-platforms too", async () => {
      expect(systemCheck(await check(plain.env))?.found).toBe(
        "This machine is x86_64-linux, with no binfmt entry for aarch64-linux and no aarch64-linux in nix’s extra-platforms.",
      );
    });

    test("fails to build as a system that is not supported", async () => {
      const nix = createNix({ env: emulating.env });
      await expect(nix.build(requestFor("images.emulated"), observe, never)).rejects.toMatchObject({
        code: "NIX_SYSTEM_UNSUPPORTED",
      });
    });

    test("is left to a remote builder that takes it", async () => {
      const settings = { builders: "ssh-ng://builder@localhost aarch64-linux" };
      expect(systemCheck(await check(plain.env, settings))).toMatchObject({
        ok: true,
        found: "A remote builder takes it.",
      });
    });
  });

  test("is found buildable, and is built, through binfmt and extra-platforms", async () => {
    expect(systemCheck(await check(emulating.env))).toMatchObject({
      ok: true,
      found: expect.stringContaining("emulation"),
    });
    const nix = createNix({ env: emulating.env });
    const { path } = await nix.build(requestFor("images.emulated"), observe, never);
    expect(await readFile(path, "utf8")).toBe("aarch64\n");
    expect((await check(emulating.env)).checks).toContainEqual(
      expect.objectContaining({ name: "Target", ok: true, found: "Built already." }),
    );
  });
});

describe("the preflight", () => {
  test("passes a target that this machine builds itself", async () => {
    const nix = createNix({ env: plain.env });
    const { checks } = await nix.preflight(requestFor("images.raspberry-robot"), never);
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["Nix", true],
      ["Target", true],
      ["Build for x86_64-linux", true],
      ["Disk", expect.any(Boolean)],
    ]);
  });

  test("tells a target that the flake does not have", async () => {
    const nix = createNix({ env: plain.env });
    const preflight = await nix.preflight(requestFor("images.raspberry-toaster"), never);
    expect(preflight.ready).toBe(false);
    expect(preflight.checks[1]).toMatchObject({
      ok: false,
      found: expect.stringContaining("has no images.raspberry-toaster"),
    });
  });

  test("says only that nix is missing where it is", async () => {
    const nix = createNix({ env: { ...plain.env, PATH: plain.folder } });
    const preflight = await nix.preflight(requestFor("images.raspberry-robot"), never);
    expect(preflight).toMatchObject({ ready: false, checks: [{ name: "Nix", ok: false }] });
  });

  test("ends when it is cancelled", async () => {
    const nix = createNix({ env: plain.env });
    const preflight = nix.preflight(requestFor("images.raspberry-robot"), AbortSignal.abort());
    await expect(preflight).rejects.toMatchObject({ code: "CANCELLED" });
  });
});
