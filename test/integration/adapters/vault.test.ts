import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createVault } from "#adapters/vault.ts";
import type { Vault } from "#core/ports/targets.ts";

const secrets = {
  runKey: { privateKey: "RUN", publicKey: "ssh-ed25519 RUN" },
  hostKey: { privateKey: "HOST", publicKey: "ssh-ed25519 HOST" },
};

let folder: string;
let vault: Vault;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vault-"));
  vault = createVault({ folder: join(folder, "secrets") });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the keys of a run", () => {
  it("are kept for whoever goes on with it", async () => {
    await vault.save("run-1", secrets);
    expect(await createVault({ folder: join(folder, "secrets") }).load("run-1")).toEqual(secrets);
  });

  it("are for this user's eyes only", async () => {
    await vault.save("run-1", secrets);
    expect((await stat(join(folder, "secrets"))).mode & 0o777).toBe(0o700);
    const [file] = await readdir(join(folder, "secrets"));
    expect((await stat(join(folder, "secrets", file ?? ""))).mode & 0o777).toBe(0o600);
  });

  it("are gone when they are taken out, and may be taken out twice", async () => {
    await vault.save("run-1", secrets);
    await vault.remove("run-1");
    await vault.remove("run-1");
    expect(await vault.load("run-1")).toBeNull();
    expect(await readdir(join(folder, "secrets"))).toEqual([]);
  });

  it("are gone with the run where Floppy was killed while it saved them", async () => {
    await vault.save("run-1", secrets);
    await writeFile(join(folder, "secrets/run-1.json.new"), JSON.stringify(secrets), { mode: 0o600 });
    await vault.remove("run-1");
    expect(await readdir(join(folder, "secrets"))).toEqual([]);
  });

  it("of a run that has none are none", async () => {
    expect(await vault.load("run-1")).toBeNull();
  });

  it.each(["../run", "a/b", ""])("cannot be asked for by %j", async (runId) => {
    await expect(vault.load(runId)).rejects.toThrow("no run id");
  });
});
