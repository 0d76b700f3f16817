import type { Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import type { RemoteCommand } from "#core/ports/targets.ts";
import { startHostile, startSocket } from "../../../support/ssh/hostile.ts";

const never = new AbortController().signal;
const remote = createRemote({ handshakeMs: 1000, keepaliveMs: 4000 });
const toStop: (() => void)[] = [];
const MiB = 1024 ** 2;

afterEach(() => {
  for (const stop of toStop.splice(0)) stop();
});

async function hostile(harm: string) {
  const started = await startHostile(harm);
  toStop.push(started.stop);
  return started;
}

/** Runs one command there, and notes how much memory and time that took, and whether this process stayed awake. */
async function command(harm: string, more: Partial<RemoteCommand> = {}, signal = never) {
  const { address, credentials } = await hostile(harm);
  const session = await createRemote().connect(address, credentials, never);
  toStop.push(session.close);
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  let longestSleep = 0;
  let last = begun;
  const heart = setInterval(() => {
    longestSleep = Math.max(longestSleep, performance.now() - last);
    last = performance.now();
  }, 10);
  const error = await session.run({ argv: ["anything"], timeoutMs: 5000, ...more }, signal).then(
    (result) => ({ code: "none", result }),
    (thrown) => thrown,
  );
  clearInterval(heart);
  return {
    session,
    error,
    ms: performance.now() - begun,
    bytes: process.memoryUsage().rss - before,
    longestSleep,
  };
}

it("endless output that ignores SSH's window is stopped at the bound", async () => {
  const { error, ms, bytes } = await command("endless output", { limitBytes: 8 * MiB });
  expect(error).toMatchObject({ code: "TARGET_UNTRUSTWORTHY" });
  expect(ms).toBeLessThan(5000);
  expect(bytes).toBeLessThan(150 * MiB);
});

it("endless lines are held back to what can be kept, and this process stays awake", async () => {
  let lines = 0;
  const { error, ms, bytes, longestSleep } = await command("endless lines", {
    timeoutMs: 3000,
    onLine: () => {
      lines += 1;
    },
  });
  expect(error).toMatchObject({ code: "TARGET_TIMEOUT" });
  expect(ms).toBeLessThan(6000);
  expect(bytes).toBeLessThan(150 * MiB);
  expect(lines).toBeGreaterThan(1000);
  expect(lines).toBeLessThan(150_000);
  expect(longestSleep).toBeLessThan(1000);
});

it.each(["stops reading", "never finishes its keys"])(
  "a target that takes any input and %s does not fill this process",
  async (harm) => {
    let taken = 0;
    async function* endless() {
      for (;;) {
        taken += 1;
        yield Buffer.alloc(MiB);
      }
    }
    const { error } = await command(harm, { input: endless(), timeoutMs: 3000 });
    expect(error).toMatchObject({ code: "TARGET_TIMEOUT" });
    // What the system's own buffers hold, and a little more.
    expect(taken).toBeLessThan(16);
  },
);

it("a flood of requests is hung up on", async () => {
  const { error, session, bytes } = await command("endless requests", { timeoutMs: 30_000 });
  expect(error).toMatchObject({ code: "TARGET_UNTRUSTWORTHY" });
  await expect(session.closed).resolves.toMatchObject({ code: "TARGET_UNTRUSTWORTHY" });
  expect(bytes).toBeLessThan(150 * MiB);
});

it("a target that dies in mid-command is lost", async () => {
  const { error, ms } = await command("dies in the middle");
  expect(error).toMatchObject({ code: "TARGET_LOST" });
  expect(ms).toBeLessThan(2000);
});

it("a target that never starts the command, or never ends it, is not waited for", async () => {
  for (const harm of ["never starts a command", "never ends"]) {
    const { error, ms } = await command(harm, { timeoutMs: 300 });
    expect(error).toMatchObject({ code: "TARGET_TIMEOUT" });
    expect(ms).toBeLessThan(2000);
  }
});

it("a cancel does not wait for a target that does not listen", async () => {
  const { error, ms } = await command("never ends", {}, AbortSignal.timeout(200));
  expect(error).toMatchObject({ code: "CANCELLED" });
  expect(ms).toBeLessThan(1500);
});

it("a target that takes no command says so", async () => {
  expect((await command("takes no command")).error).toMatchObject({ code: "TARGET_REFUSED" });
});

it("a command that ended without a word has no exit code", async () => {
  const { error } = await command("exit without a word");
  expect(error.result).toMatchObject({ exitCode: null, signal: null });
});

it.each(["never logs in", "shows an endless banner"])("a server that %s is not waited for", async (harm) => {
  const { address, credentials } = await hostile(harm);
  const begun = performance.now();
  await expect(remote.connect(address, credentials, never)).rejects.toMatchObject({
    code: "TARGET_UNREACHABLE",
  });
  expect(performance.now() - begun).toBeLessThan(3000);
});

it("a server that refuses every key has refused ours", async () => {
  const { address, credentials } = await hostile("refuses every key");
  await expect(remote.connect(address, credentials, never)).rejects.toMatchObject({ code: "TARGET_REFUSED" });
});

function drip(text: string) {
  return (socket: Socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ""), 5);
    socket.on("close", () => clearInterval(timer));
  };
}

it.each([
  ["says nothing", () => undefined],
  ["drips its banner", drip("Welcome! ")],
  [
    "drips its handshake",
    (socket: Socket) => {
      socket.write("SSH-2.0-OpenSSH_9.9\r\n");
      drip("\0\0\x10\0")(socket);
    },
  ],
  ["hangs up at once", (socket: Socket) => socket.destroy()],
  ["closes its half", (socket: Socket) => socket.end()],
  ["speaks another language", (socket: Socket) => socket.write("HTTP/1.1 400 Bad\r\n\r\n")],
  [
    "greets without end",
    (socket: Socket) => {
      const more = () => {
        while (socket.writable && socket.write("hello\r\n".repeat(1000)));
      };
      socket.on("drain", more);
      more();
    },
  ],
  ["sends noise", (socket: Socket) => socket.write(Buffer.alloc(100_000, 0x80))],
] as [string, (socket: Socket) => void][])(
  "a server that %s is not waited for, and costs little",
  async (_, serve) => {
    const { address, credentials, stop } = await startSocket(serve);
    toStop.push(stop);
    const before = process.memoryUsage().rss;
    const begun = performance.now();
    await expect(remote.connect(address, credentials, never)).rejects.toMatchObject({
      code: expect.stringMatching(/^TARGET_(UNREACHABLE|UNTRUSTWORTHY)$/),
    });
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MiB);
    expect(await remote.fingerprint(address, never)).toBeNull();
  },
);

it("a cancel ends connecting at once", async () => {
  const { address, credentials, stop } = await startSocket(() => undefined);
  toStop.push(stop);
  const begun = performance.now();
  const slow = createRemote();
  await expect(slow.connect(address, credentials, AbortSignal.timeout(100))).rejects.toMatchObject({
    code: "CANCELLED",
  });
  await expect(slow.fingerprint(address, AbortSignal.timeout(100))).rejects.toMatchObject({
    code: "CANCELLED",
  });
  expect(performance.now() - begun).toBeLessThan(1000);
});
