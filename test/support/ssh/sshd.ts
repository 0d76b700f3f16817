/** A real sshd of the test's own: a process on a loopback port, with its own keys, apart from the system's. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TargetAddress } from "#contract/targets.ts";
import type { Credentials } from "#core/ports/targets.ts";

export type Sshd = {
  hostKeyFile: string;
  address: TargetAddress;
  credentials: Credentials;
  stop(): Promise<void>;
};

export async function makeKey(folder: string, name: string, type = "ed25519") {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", file]);
  return {
    file,
    privateKey: await readFile(file, "utf8"),
    publicKey: (await readFile(`${file}.pub`, "utf8")).trim(),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

/** `options` are lines of its configuration; `letIn` says how the client's key is entered. */
export async function startSshd({
  options = [] as string[],
  hostKeyType = "ed25519",
  letIn = (publicKey: string) => publicKey,
} = {}): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-sshd-"));
  const host = await makeKey(folder, "host", hostKeyType);
  const client = await makeKey(folder, "client");
  const port = await freePort();
  const authorized = join(folder, "authorized");
  await writeFile(authorized, `${letIn(client.publicKey)}\n`);
  const lines = [
    ...options,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${host.file}`,
    `AuthorizedKeysFile ${authorized}`,
    "AuthenticationMethods publickey",
    // A home without the files that a login shell would read first.
    `SetEnv HOME=${folder}`,
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
    "MaxStartups 100",
  ];
  await writeFile(join(folder, "config"), `${lines.join("\n")}\n`);
  mkdirSync("/run/sshd", { recursive: true });
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes("Server listening")) break;
  }
  child.stderr.resume();
  return {
    address: { host: "127.0.0.1", port },
    hostKeyFile: host.file,
    credentials: { hostKey: host.publicKey, privateKey: client.privateKey, user: userInfo().username },
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port that forwards to a target, and can be cut as a cable is: the peer hears nothing of it. */
export async function cuttable(target: TargetAddress) {
  const sockets = new Set<Socket>();
  let cut = false;
  const server = createServer((near) => {
    const far = connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => !cut && to.write(chunk));
      from.on("close", () => !cut && to.destroy());
      from.on("error", () => undefined);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const listening = server.address();
  return {
    address: { host: "127.0.0.1", port: typeof listening === "object" && listening ? listening.port : 0 },
    cut: () => {
      cut = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
