import { cp, readFile, stat, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNix } from "#adapters/nix/nix.ts";
import type { BuildProgress } from "#contract/images.ts";
import { defaultSettings } from "#contract/settings.ts";
import type { BuildRequest } from "#core/ports/images.ts";
import { fixtureFlake, type NixEnvironment, nixEnvironment } from "../../../support/nix.ts";

let nix: NixEnvironment;
beforeAll(async () => {
  nix = await nixEnvironment();
});
afterAll(() => nix.remove());

const never = new AbortController().signal;

function requestFor(target: string, flake = fixtureFlake): BuildRequest {
  return { flake, attribute: `images.${target}`, system: "aarch64-linux", settings: defaultSettings };
}

/** Builds, and keeps what was told meanwhile. */
function build(request: BuildRequest, signal = never, env = nix.env) {
  const progress: BuildProgress[] = [];
  const log: string[] = [];
  const observe = {
    progress: (it: BuildProgress) => void progress.push(it),
    log: (_: string, text: string) => void log.push(text),
  };
  return { progress, log, result: createNix({ env }).build(request, observe, signal) };
}

describe("a target's image", () => {
  test("is built, with where it came from", async () => {
    const { result, progress, log } = build(requestFor("raspberry-robot"));
    const { path, provenance } = await result;
    expect(path).toBe(`${provenance.storePath}/sd-image/floppy-raspberry-robot.img.zst`);
    expect((await readFile(path)).readUInt32LE(0)).toBe(0xfd2fb528);
    expect(provenance).toEqual({
      source: "nix",
      flake: fixtureFlake,
      revision: null,
      attribute: "images.raspberry-robot",
      drvPath: expect.stringMatching(/-floppy-raspberry-robot\.drv$/),
      storePath: expect.stringContaining(nix.store),
      narHash: expect.stringMatching(/^sha256-[A-Za-z0-9+/]{43}=$/),
    });
    expect(log).toEqual(expect.arrayContaining(["collecting boot files", "making NIXOS_SD"]));
    expect(progress.at(-1)).toMatchObject({ stage: "building", doneItems: 2, expectedItems: 2 });
  });

  test("is the same, to the bit, when it is built again", async () => {
    await build(requestFor("raspberry-robot")).result;
    const target = `${fixtureFlake}#images.raspberry-robot`;
    const again = ["--extra-experimental-features", "nix-command flakes", "build", "--no-link", "--rebuild"];
    await execa("nix", [...again, target], { env: nix.env });
  });

  test("is held against garbage collection", async () => {
    const { path } = await build(requestFor("raspberry-mainframe")).result;
    await execa("nix-store", ["--gc"], { env: nix.env });
    expect((await stat(path)).size).toBe(56 * 1024 ** 2);
  });

  test("may be an ISO", async () => {
    const { path } = await build(requestFor("installer-x86_64")).result;
    expect(path).toMatch(/\/iso\/floppy-installer\.iso$/);
  });

  test("names the revision of a flake in git, and leaves its folder as it was, without a lock", async () => {
    const folder = `${nix.folder}/repository`;
    const git = (...args: string[]) => execa("git", ["-C", folder, ...args], { env: nix.env });
    await cp(fixtureFlake.slice("path:".length), folder, { recursive: true });
    const inputs = `inputs.files = { url = "path:${folder}/builders"; flake = false; };\n\n  outputs = `;
    const flake = await readFile(`${folder}/flake.nix`, "utf8");
    await writeFile(`${folder}/flake.nix`, flake.replace("outputs = ", inputs));
    await git("init", "--quiet");
    await git("add", ".");
    await git("-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "-m", "flake");
    const { stdout: revision } = await git("rev-parse", "HEAD");
    const { provenance } = await build(requestFor("raspberry-robot", folder)).result;
    expect(provenance).toMatchObject({ flake: folder, revision });
    expect((await git("status", "--porcelain")).stdout).toBe("");
  });
});
