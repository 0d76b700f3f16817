import { readFile, rm } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNix } from "#adapters/nix/nix.ts";
import type { BuildProgress } from "#contract/images.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import type { BuildRequest } from "#core/ports/images.ts";
import { fixtureFlake, type NixEnvironment, nixEnvironment } from "../../../support/nix.ts";

const never = new AbortController().signal;

let bench: NixEnvironment;
let settings: Settings;

function build(env: NodeJS.ProcessEnv, change: Partial<Settings>) {
  const request: BuildRequest = {
    flake: fixtureFlake,
    attribute: "images.raspberry-mainframe",
    system: "aarch64-linux",
    settings: { ...defaultSettings, ...change },
  };
  const progress: BuildProgress[] = [];
  const log: string[] = [];
  const observe = {
    progress: (it: BuildProgress) => void progress.push(it),
    log: (_: string, text: string) => void log.push(text),
  };
  return createNix({ env })
    .build(request, observe, never)
    .then((image) => ({ image, progress, log }));
}

beforeAll(async () => {
  bench = await nixEnvironment();
  const { folder, env } = bench;
  const key = ["bench-1", `${folder}/secret`, `${folder}/public`];
  await execa("nix-store", ["--generate-binary-cache-key", ...key], { env });
  const { image } = await build(env, {});
  const cache = `file://${folder}/cache`;
  const features = ["--extra-experimental-features", "nix-command"];
  const copy = ["copy", "--to", `${cache}?secret-key=${folder}/secret`, image.provenance.storePath];
  await execa("nix", [...features, ...copy], { env });
  settings = {
    ...defaultSettings,
    substituters: [cache],
    trustedPublicKeys: [(await readFile(`${folder}/public`, "utf8")).trim()],
  };
});
afterAll(() => bench.remove());

/** A store at the same place, that has nothing yet: a cache serves only those. */
async function emptied(): Promise<NixEnvironment> {
  await execa("chmod", ["-R", "u+w", bench.store]);
  await rm(bench.store, { recursive: true });
  return nixEnvironment({ store: bench.store });
}

describe("a cache that is set in Settings", () => {
  test("gives the image, which then is not built", async () => {
    const other = await emptied();
    try {
      const { image, progress, log } = await build(other.env, settings);
      expect(image.path).toContain("floppy-raspberry-mainframe.img");
      expect(log).not.toContain("making FIRMWARE");
      expect(progress.at(-1)).toMatchObject({ doneItems: 1, expectedItems: 1 });
      expect(progress.at(-1)?.doneBytes).toBeGreaterThanOrEqual(56 * 1024 ** 2);
    } finally {
      await other.remove();
    }
  });

  test("is not believed without its key", async () => {
    const other = await emptied();
    try {
      const { log } = await build(other.env, { ...settings, trustedPublicKeys: [] });
      expect(log).toContain("making FIRMWARE");
    } finally {
      await other.remove();
    }
  });
});
