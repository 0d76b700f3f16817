/** A machine with nix, but without what the flake is made of, or what it is built of. Nothing is asked of the internet. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNix } from "#adapters/nix/nix.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import { type NixEnvironment, nixEnvironment } from "../../../support/nix.ts";

const never = new AbortController().signal;
const own = fileURLToPath(new URL("../../../../nixos", import.meta.url));

let nix: NixEnvironment;
/** Takes connections and never says a word. */
let silent: Server;
let silentAddress: string;
beforeAll(async () => {
  nix = await nixEnvironment();
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  silentAddress = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(async () => {
  silent.close();
  await nix.remove();
});

/** Nobody listens there. */
const nowhere = "http://127.0.0.1:9";

async function preflight(flake: string, change: Partial<Settings> = {}) {
  const startedMs = performance.now();
  const settings = { ...defaultSettings, ...change };
  const request = { flake, attribute: "images.raspberry-robot", system: "aarch64-linux", settings } as const;
  // A proxy that nobody serves stands for a network that is away.
  const env = { ...nix.env, https_proxy: nowhere, http_proxy: "", no_proxy: "127.0.0.1" };
  const { ready, checks } = await createNix({ env, answerSeconds: 1 }).preflight(request, never);
  return { ready, checks, seconds: (performance.now() - startedMs) / 1000 };
}

async function flakeOf(name: string, text: string): Promise<string> {
  const folder = join(nix.folder, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, "flake.nix"), text);
  return folder;
}

/** An image of a source that comes from an address; its builder could be run here. */
const fromSource = `{
  outputs = _:
    let
      source = derivation {
        name = "source.tar.gz";
        system = "x86_64-linux";
        builder = "builtin:fetchurl";
        url = "${nowhere}/source.tar.gz";
        outputHashMode = "flat";
        outputHashAlgo = "sha256";
        outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
      };
    in
    {
      images.raspberry-robot = derivation {
        name = "image";
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [ "-c" "echo \${source} > $out" ];
      };
    };
}`;

describe("without the network, the preflight says before anything is begun", () => {
  test("that Floppy's own flake lacks nixpkgs, in seconds", async () => {
    const { ready, checks, seconds } = await preflight(own);
    expect(ready).toBe(false);
    expect(checks).toContainEqual({
      name: "Target",
      ok: false,
      found: expect.stringMatching(
        /not on this machine, and https:\/\/api\.github\.com\S+ cannot be reached/,
      ),
      fix: expect.stringContaining("Connect this machine to the internet"),
    });
    expect(seconds).toBeLessThan(10);
  });

  test("that a part of the flake lies on a server that takes the call and never answers, in seconds", async () => {
    const input = `inputs.files = { url = "${silentAddress}/files.tar.gz"; flake = false; };`;
    const flake = await flakeOf(
      "silent",
      `{ ${input} outputs = { files, ... }: { images = import files; }; }`,
    );
    const { ready, checks, seconds } = await preflight(flake);
    expect(ready).toBe(false);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: "Target", found: expect.stringContaining(silentAddress) }),
    );
    expect(seconds).toBeLessThan(20);
  });

  test("that sources are needed and no cache answers", async () => {
    const flake = await flakeOf("source", fromSource);
    const { ready, checks } = await preflight(flake, { substituters: [nowhere] });
    expect(ready).toBe(false);
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: "Packages",
        found: `1 source would have to be downloaded, and no cache answers: ${nowhere}.`,
      }),
    );
  });

  test("nothing against it where a cache answers, or no cache is meant to", async () => {
    const flake = await flakeOf("source", fromSource);
    await mkdir(join(nix.folder, "cache"), { recursive: true });
    const cache = `file://${nix.folder}/cache`;
    await writeFile(join(nix.folder, "cache/nix-cache-info"), `StoreDir: ${nix.store}\n`);
    for (const substituters of [[nowhere, cache], []]) {
      const { checks } = await preflight(flake, { substituters });
      expect(checks).toContainEqual(expect.objectContaining({ name: "Packages", ok: true }));
    }
  });
});
