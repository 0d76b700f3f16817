/** A real sshd of this test's own, on a loopback port, with the keys that it is given. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createHostKeys } from "#adapters/host-keys.ts";
import type { TargetAddress } from "#contract/targets.ts";
import type { Credentials, HostKey } from "#core/ports.ts";

export const keys = createHostKeys();

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export type Sshd = {
  address: TargetAddress;
  credentials: Credentials;
  /** Ends the server and every connection, as a power cut would. */
  kill(): void;
  stop(): Promise<void>;
};

async function listening(child: ChildProcess): Promise<void> {
  if (!child.stderr) throw new Error("sshd says nothing");
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes("Server listening")) break;
  }
  child.stderr.resume();
}

type SshdOptions = {
  PermitRootLogin?: string;
  /** How the key is let in; as it is, if nothing is said. */
  line?: (publicKey: string) => string;
};

export async function startSshd(
  hostKey: HostKey = keys.generate("host"),
  { PermitRootLogin = "prohibit-password", line = (publicKey) => publicKey }: SshdOptions = {},
): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), "sshd-"));
  const userKey = keys.generate("run");
  const port = await freePort();
  await writeFile(join(folder, "host"), hostKey.privateKey, { mode: 0o600 });
  await writeFile(join(folder, "authorized"), `${line(userKey.publicKey.trim())}\n`, { mode: 0o600 });
  // Where sshd, as root, goes to lose its rights.
  await mkdir("/run/sshd", { recursive: true });
  const options = {
    ListenAddress: `127.0.0.1:${port}`,
    HostKey: join(folder, "host"),
    AuthorizedKeysFile: join(folder, "authorized"),
    PasswordAuthentication: "no",
    PermitRootLogin,
    StrictModes: "no",
    UsePAM: "no",
    PidFile: "none",
  };
  const args = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", "/dev/null", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  await listening(child);
  const kill = () => {
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  };
  return {
    address: { host: "127.0.0.1", port },
    credentials: {
      hostKey: hostKey.publicKey,
      privateKey: userKey.privateKey,
      user: userInfo().username,
    },
    kill,
    async stop() {
      const ended = once(child, "exit");
      if (child.exitCode === null && child.signalCode === null) {
        kill();
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
