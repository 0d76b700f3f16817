import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import { parseConfirmation } from "#core/install/confirmation.ts";
import { nixEnvironment } from "../../support/nix.ts";
import { startSshd } from "../../support/ssh/sshd.ts";

const scripts = fileURLToPath(new URL("../../../nixos/scripts", import.meta.url));
const system = "/nix/store/0000-nixos-system-dev";
const key = "var/lib/floppy/authorized_keys.d/root";
const never = new AbortController().signal;

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-"));
  root = join(folder, "root");
  for (const path of ["run", "etc/floppy", "var/lib/floppy/authorized_keys.d"])
    await mkdir(join(root, path), { recursive: true });
  await symlink(system, join(root, "run/current-system"));
  await writeFile(
    join(root, "etc/floppy/device.json"),
    JSON.stringify({ serial: "FLOPPY-DEL-00001", runId: "run-1" }),
  );
  await writeFile(join(root, "etc/floppy/mounts.json"), "[]");
  await writeFile(join(root, key), "a key");
  // The one stand-in: this machine need not be run by systemd.
  await mkdir(join(root, "bin"));
  await writeFile(join(root, "bin/systemctl"), `#!/bin/sh\ncat ${root}/failed-units\n`, { mode: 0o755 });
  await writeFile(join(root, "failed-units"), "");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const environment = () => ({ FLOPPY_ROOT: root, PATH: `${root}/bin:${process.env.PATH}` });
const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  execa("bash", [join(scripts, "floppy.sh"), ...args], { env: { ...environment(), ...env }, reject: false });
const floppy = (...args: string[]) => run(args);
const letsIn = () => readdir(join(root, "var/lib/floppy/authorized_keys.d"));

describe("an installed device", () => {
  it("says who it is and what runs, in the words that Floppy reads", async () => {
    const { stdout } = await floppy("confirm");
    expect(parseConfirmation(stdout)).toMatchObject({
      serial: "FLOPPY-DEL-00001",
      runId: "run-1",
      system,
      ok: true,
      problems: [],
    });
  });

  it("tells the quick checks too, and a unit that failed", async () => {
    await writeFile(join(root, "failed-units"), "syncthing.service loaded failed failed Sync\n");
    const { stdout } = await floppy("confirm");
    expect(JSON.parse(stdout)).toMatchObject({
      bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      uptimeSeconds: expect.any(Number),
      ok: false,
      problems: ["units: failed: syncthing.service"],
    });
  });

  it("verifies itself first where it is asked to, and names what is wrong", async () => {
    await writeFile(join(root, "etc/floppy/closure"), "/nix/store/another");
    const { stdout } = await floppy("confirm", "--verify");
    const found = parseConfirmation(stdout);
    expect(found?.ok).toBe(false);
    expect(found?.problems.join()).toContain("/nix/store/another is on record");
  });

  it("takes the run's key away when all is said", async () => {
    expect(await floppy("confirm", "--done")).toMatchObject({ exitCode: 0 });
    expect(await readdir(join(root, "var/lib/floppy/authorized_keys.d"))).toEqual([]);
  });

  it("loses the key by itself at the second start after it was confirmed, and not before it was", async () => {
    const start = () => floppy("confirm", "--boot");
    for (let n = 0; n < 3; n++) await start();
    expect(await letsIn()).toEqual(["root"]);
    const nix = await nixEnvironment();
    expect(await run(["confirm", "--verify"], { ...nix.env, PATH: environment().PATH })).toMatchObject({
      stdout: expect.stringContaining('"ok": true'),
    });
    await nix.remove();
    await start();
    expect(await letsIn()).toEqual(["root"]);
    await start();
    expect(await letsIn()).toEqual([]);
    expect(await readdir(join(root, "var/lib/floppy"))).not.toContain("confirmed");
  });

  it("keeps the stick's own key on a system that runs from it", async () => {
    const { exitCode, stderr } = await run(["confirm", "--done"], { FLOPPY_LIVE_SYSTEM: "1" });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("runs from its stick"),
    });
    expect(await letsIn()).toEqual(["root"]);
  });

  it("lets a key in as root only with the command that is forced on it", async () => {
    const sshd = await startSshd({ options: ["PermitRootLogin forced-commands-only"] });
    // Some sshd say yes first and hang up then.
    const asked = createRemote()
      .connect(sshd.address, sshd.credentials, never)
      .then((session) => session.run({ argv: ["id"], timeoutMs: 60_000 }, never));
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^TARGET_(REFUSED|LOST)$/) });
    await sshd.stop();
  });

  it("answers nothing but that, whatever the key's owner asks over SSH", async () => {
    const sshd = await startSshd({
      options: ["PermitRootLogin forced-commands-only"],
      letIn: (publicKey) =>
        `restrict,expiry-time="209901010000Z",command="PATH=${root}/bin:$PATH FLOPPY_ROOT=${root} bash ${scripts}/floppy.sh confirm" ${publicKey}`,
    });
    const session = await createRemote().connect(sshd.address, sshd.credentials, never);
    const ask = async (...argv: string[]) => (await session.run({ argv, timeoutMs: 60_000 }, never)).stdout;
    expect(parseConfirmation(await ask("cat", "/etc/shadow"))?.serial).toBe("FLOPPY-DEL-00001");
    expect(await ask("floppy", "confirm", "--done")).toBe("");
    expect(await readdir(join(root, "var/lib/floppy/authorized_keys.d"))).toEqual([]);
    session.close();
    await sshd.stop();
  });

  it("lets nobody in once the key's day is over", async () => {
    const sshd = await startSshd({
      options: ["PermitRootLogin forced-commands-only"],
      letIn: (publicKey) => `restrict,expiry-time="200001010000Z",command="true" ${publicKey}`,
    });
    await expect(createRemote().connect(sshd.address, sshd.credentials, never)).rejects.toMatchObject({
      code: "TARGET_REFUSED",
    });
    await sshd.stop();
  });
});
