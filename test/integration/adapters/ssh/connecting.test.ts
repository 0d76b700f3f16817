import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import { cuttable, freePort, makeKey, type Sshd, startSshd } from "../../../support/ssh/sshd.ts";

const never = new AbortController().signal;
const remote = createRemote();
const toStop: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of toStop.splice(0)) await stop();
});

async function sshd(options?: Parameters<typeof startSshd>[0]): Promise<Sshd> {
  const started = await startSshd(options);
  toStop.push(started.stop);
  return started;
}

async function otherKey(type = "ed25519") {
  const folder = await mkdtemp(join(tmpdir(), "floppy-key-"));
  toStop.push(() => rm(folder, { recursive: true }));
  return await makeKey(folder, "other", type);
}

const printed = (file: string) =>
  execFileSync("ssh-keygen", ["-lf", file], { encoding: "utf8" }).split(" ")[1];

it("refuses a machine with another host key, and names both fingerprints", async () => {
  const { address, credentials } = await sshd();
  const pinned = await otherKey();
  const found = await remote.fingerprint(address, never);
  await expect(
    remote.connect(address, { ...credentials, hostKey: pinned.publicKey }, never),
  ).rejects.toMatchObject({
    code: "HOST_KEY_WRONG",
    message: expect.stringContaining(String(found)),
    details: { expected: printed(pinned.file), found },
  });
});

it("refuses a machine that has only another kind of host key", async () => {
  const { address, credentials } = await sshd({ hostKeyType: "ecdsa" });
  const pinned = await otherKey();
  await expect(
    remote.connect(address, { ...credentials, hostKey: pinned.publicKey }, never),
  ).rejects.toMatchObject({ code: "HOST_KEY_WRONG", details: { found: null } });
});

it("says when the right machine does not take this run's key", async () => {
  const { address, credentials } = await sshd();
  const { privateKey } = await otherKey();
  await expect(remote.connect(address, { ...credentials, privateKey }, never)).rejects.toMatchObject({
    code: "TARGET_REFUSED",
  });
});

it("does not try with a key that cannot be read", async () => {
  const { address, credentials } = await sshd();
  await expect(
    remote.connect(address, { ...credentials, privateKey: "no key" }, never),
  ).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
});

it("says when nobody listens, and when nobody knows the name", async () => {
  const { credentials } = await sshd();
  const nobody = { host: "127.0.0.1", port: await freePort() };
  await expect(remote.connect(nobody, credentials, never)).rejects.toMatchObject({
    code: "TARGET_UNREACHABLE",
  });
  const unknown = { host: "nobody.invalid", port: 22 };
  await expect(remote.connect(unknown, credentials, never)).rejects.toMatchObject({
    code: "TARGET_UNREACHABLE",
    message: expect.stringContaining("nobody.invalid"),
  });
  expect(await remote.fingerprint(nobody, never)).toBeNull();
});

it.each(["ed25519", "ecdsa", "rsa"])(
  "asks a machine for its %s host key as ssh-keygen prints it",
  async (type) => {
    const { address, credentials, hostKeyFile } = await sshd({ hostKeyType: type });
    expect(credentials.hostKey).toBeTruthy();
    expect(await remote.fingerprint(address, never)).toBe(printed(hostKeyFile));
  },
);

it("a connection that is cut unheard ends what runs, and says so", async () => {
  const { address, credentials } = await sshd();
  const cable = await cuttable(address);
  toStop.push(cable.close);
  const quick = createRemote({ handshakeMs: 15_000, keepaliveMs: 100 });
  const session = await quick.connect(cable.address, credentials, never);
  const running = session.run({ argv: ["sleep", "20"], timeoutMs: 20_000 }, never);
  const waited = performance.now();
  cable.cut();
  await expect(running).rejects.toMatchObject({ code: "TARGET_LOST" });
  expect(performance.now() - waited).toBeLessThan(5000);
  await expect(session.closed).resolves.toMatchObject({ code: "TARGET_LOST" });
  await expect(session.run({ argv: ["true"], timeoutMs: 1000 }, never)).rejects.toMatchObject({
    code: "TARGET_LOST",
  });
});

it("a session that was closed here says so, and takes nothing more", async () => {
  const { address, credentials } = await sshd();
  const session = await remote.connect(address, credentials, never);
  session.close();
  await expect(session.closed).resolves.toBeNull();
  await expect(session.run({ argv: ["true"], timeoutMs: 1000 }, never)).rejects.toMatchObject({
    code: "TARGET_LOST",
  });
});

it("keys are exchanged anew in the middle of a stream", async () => {
  const { address, credentials } = await sshd({ options: ["RekeyLimit 4M"] });
  const session = await remote.connect(address, credentials, never);
  toStop.push(session.close);
  const input = Buffer.alloc(40 * 1024 ** 2, "x");
  const { stdout } = await session.run({ argv: ["wc", "-c"], input, timeoutMs: 60_000 }, never);
  expect(stdout).toBe(`${input.length}\n`);
});

it("does not connect when it was cancelled before", async () => {
  const { address, credentials } = await sshd();
  await expect(remote.connect(address, credentials, AbortSignal.abort())).rejects.toMatchObject({
    code: "CANCELLED",
  });
});
