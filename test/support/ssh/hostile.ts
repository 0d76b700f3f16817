/** Servers that mean harm: ssh2's in a process of its own, and bare sockets that are no SSH server at all. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createHostKeys } from "#adapters/host-keys.ts";
import type { TargetAddress } from "#contract/targets.ts";
import type { Credentials } from "#core/ports/targets.ts";

const client = createHostKeys().generate("client");

type Started = { address: TargetAddress; credentials: Credentials; stop(): void };

export async function startHostile(harm: string): Promise<Started> {
  const program = join(import.meta.dirname, "hostile-server.ts");
  const child = spawn(process.execPath, [program, harm], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { port, hostKey } = JSON.parse(line);
  return {
    address: { host: "127.0.0.1", port },
    credentials: { hostKey, privateKey: client.privateKey, user: "root" },
    stop: () => child.kill("SIGKILL"),
  };
}

export async function startSocket(serve: (socket: Socket) => void): Promise<Started> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    address: { host: "127.0.0.1", port },
    credentials: { hostKey: client.publicKey, privateKey: client.privateKey, user: "root" },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
