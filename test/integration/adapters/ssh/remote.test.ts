import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import { fingerprint } from "#contract/fingerprint.ts";
import type { TargetAddress } from "#contract/targets.ts";
import type { RemoteSession } from "#core/ports.ts";
import { refusal } from "../../../support/runs.ts";
import { freePort, keys, type Sshd, startSshd } from "../../../support/sshd.ts";

const MIB = 1024 ** 2;
const remote = createRemote({ handshakeMs: 2000, keepaliveMs: 500 });
const never = new AbortController().signal;

let sshd: Sshd;
let open: RemoteSession[] = [];

beforeAll(async () => {
  sshd = await startSshd();
});
afterEach(() => {
  for (const session of open) session.close();
  open = [];
});
afterAll(() => sshd.stop());

async function session(target: Sshd = sshd): Promise<RemoteSession> {
  const opened = await remote.connect(target.address, target.credentials, never);
  open.push(opened);
  return opened;
}

const sh = (script: string, ...args: string[]) => ["sh", "-c", script, "sh", ...args];

describe("a command on the target", () => {
  it("gives its output and its exit code", async () => {
    const { run } = await session();
    const result = await run({ argv: sh("echo out; echo err >&2; exit 7"), timeoutMs: 5000 }, never);
    expect(result).toEqual({ exitCode: 7, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  it.each(["$(reboot)", "a b", "it's", "", "-n", "`id`", "\\", "ü 🖴", "a\nb", "'; rm -rf / #"])(
    "gets the argument %j as it is",
    async (argument) => {
      const { run } = await session();
      const result = await run({ argv: ["printf", "%s|", argument, "end"], timeoutMs: 5000 }, never);
      expect(result.stdout).toBe(`${argument}|end|`);
    },
  );

  it("reads what is sent to it, however much", async () => {
    const { run } = await session();
    const block = Buffer.alloc(MIB, 7);
    async function* input() {
      for (let sent = 0; sent < 64; sent += 1) yield block;
    }
    const { stdout } = await run({ argv: ["wc", "-c"], input: input(), timeoutMs: 60_000 }, never);
    expect(Number(stdout)).toBe(64 * MIB);
  });

  it("may end before it has read everything", async () => {
    const { run } = await session();
    async function* input() {
      for (let sent = 0; sent < 64; sent += 1) yield Buffer.alloc(MIB);
    }
    const { exitCode } = await run({ argv: sh("exit 3"), input: input(), timeoutMs: 10_000 }, never);
    expect(exitCode).toBe(3);
  });

  it("is told of line by line, without what steers a terminal", async () => {
    const { run } = await session();
    const lines: string[] = [];
    const script = "printf 'one\\033[2J\\033]0;title\\007\\n'; printf '50 %%\\r100 %%\\n'; printf last";
    await run({ argv: sh(script), timeoutMs: 5000, onLine: (line) => lines.push(line) }, never);
    expect(lines).toEqual(["one", "50 %", "100 %", "last"]);
  });

  it("that says without end what nobody can need is ended", async () => {
    const { run } = await session();
    const endless = run({ argv: ["yes"], timeoutMs: 60_000, limitBytes: MIB }, never);
    await expect(endless).rejects.toEqual(refusal("TARGET_UNTRUSTWORTHY"));
  });

  it("that never ends its line fills no memory", async () => {
    const { run } = await session();
    let longest = 0;
    const onLine = (line: string) => {
      longest = Math.max(longest, line.length);
    };
    const endless = run(
      { argv: ["cat", "/dev/zero"], timeoutMs: 60_000, limitBytes: 8 * MIB, onLine },
      never,
    );
    await expect(endless).rejects.toEqual(refusal("TARGET_UNTRUSTWORTHY"));
    expect(longest).toBeLessThanOrEqual(2000);
  });

  it("that takes too long is ended", async () => {
    const { run } = await session();
    const slow = run({ argv: ["sleep", "600"], timeoutMs: 200 }, never);
    await expect(slow).rejects.toEqual(refusal("TARGET_TIMEOUT"));
  });

  it("is ended at once by an abort", async () => {
    const { run } = await session();
    const abort = new AbortController();
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const argv = sh("echo begun; exec sleep 600");
    const slow = run({ argv, timeoutMs: 600_000, onLine: () => resolve() }, abort.signal);
    await begun;
    abort.abort();
    await expect(slow).rejects.toEqual(refusal("CANCELLED"));
  });

  it("is lost with the connection, and the session says so", async () => {
    const own = await startSshd();
    const { run, closed } = await session(own);
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const argv = sh("echo begun; kill -9 $PPID; sleep 600");
    const slow = run({ argv, timeoutMs: 600_000, onLine: () => resolve() }, never);
    slow.catch(() => undefined);
    await begun;
    own.kill();
    await expect(slow).rejects.toEqual(refusal("TARGET_LOST"));
    await expect(closed).resolves.toBeInstanceOf(Error);
    await own.stop();
  });

  it("runs beside others on the same connection", async () => {
    const { run } = await session();
    const results = await Promise.all(
      ["a", "b", "c"].map((word) => run({ argv: ["echo", word], timeoutMs: 5000 }, never)),
    );
    expect(results.map(({ stdout }) => stdout)).toEqual(["a\n", "b\n", "c\n"]);
  });

  it("that was sent something which could not be read fails with that reason", async () => {
    const { run } = await session();
    const { cancelled } = await import("#contract/errors.ts");
    async function* input() {
      yield Buffer.alloc(10);
      throw cancelled("The export");
    }
    const cut = run({ argv: ["wc", "-c"], input: input(), timeoutMs: 5000 }, never);
    await expect(cut).rejects.toEqual(refusal("CANCELLED"));
  });
});

describe("who is at the other end", () => {
  it("is refused with another host key, and shown both fingerprints", async () => {
    const other = keys.generate("other");
    const credentials = { ...sshd.credentials, hostKey: other.publicKey };
    const details = {
      expected: await fingerprint(other.publicKey),
      found: await fingerprint(sshd.credentials.hostKey),
    };
    await expect(remote.connect(sshd.address, credentials, never)).rejects.toMatchObject({
      code: "HOST_KEY_WRONG",
      details,
    });
  });

  it("that does not take our key is said to refuse it", async () => {
    const credentials = { ...sshd.credentials, privateKey: keys.generate("stranger").privateKey };
    await expect(remote.connect(sshd.address, credentials, never)).rejects.toEqual(refusal("TARGET_REFUSED"));
  });

  it("can be asked for its fingerprint without a login", async () => {
    expect(await remote.fingerprint(sshd.address, never)).toBe(await fingerprint(sshd.credentials.hostKey));
  });

  it("is nobody where nothing listens", async () => {
    const address = { host: "127.0.0.1", port: await freePort() };
    await expect(remote.connect(address, sshd.credentials, never)).rejects.toEqual(
      refusal("TARGET_UNREACHABLE"),
    );
    expect(await remote.fingerprint(address, never)).toBeNull();
  });
});

describe("a hostile peer", () => {
  let server: Server | null = null;
  const sockets = new Set<Socket>();

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server?.close();
    if (server) await once(server, "close");
    server = null;
  });

  async function serve(act: (socket: Socket) => void): Promise<TargetAddress> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      act(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return { host: "127.0.0.1", port: address.port };
  }

  it.each<[string, (socket: Socket) => void]>([
    ["says nothing", () => undefined],
    [
      "drips its banner byte by byte",
      (socket) => {
        const timer = setInterval(() => socket.write("S"), 100);
        socket.on("close", () => clearInterval(timer));
      },
    ],
    ["stops after its banner", (socket) => void socket.write("SSH-2.0-x\r\n")],
    ["hangs up", (socket) => socket.destroy()],
    ["speaks another protocol", (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    [
      "sends a banner without end",
      (socket) => {
        const flood = () => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 0x41)));
        };
        socket.on("drain", flood);
        flood();
      },
    ],
    [
      "sends garbage after its banner",
      (socket) => void socket.write(`SSH-2.0-x\r\n${"\u0000".repeat(4096)}`),
    ],
  ])("that %s is given up within the limit, and fills no memory", async (_what, act) => {
    const address = await serve(act);
    const before = process.memoryUsage().rss;
    await expect(remote.connect(address, sshd.credentials, never)).rejects.toEqual(
      refusal("TARGET_UNREACHABLE"),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB);
  });

  it("is left at once by an abort", async () => {
    const address = await serve(() => undefined);
    const abort = new AbortController();
    const connecting = remote.connect(address, sshd.credentials, abort.signal);
    abort.abort();
    await expect(connecting).rejects.toEqual(refusal("CANCELLED"));
  });
});
