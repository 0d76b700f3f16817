/** A neighbour who takes connections and says nothing, announced as this run's machine a thousand times. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import { createAnnouncements, type DnsRecord, SERVICE, SUBTYPE } from "#core/install/announcements.ts";
import { linkTo } from "../../../support/link-world.ts";
import { type Sshd, startSshd } from "../../../support/ssh/sshd.ts";

const bootId = "00000000-0000-4000-8000-000000000001";
const said = `== /proc/sys/kernel/random/boot_id\n${bootId}\n== /etc/os-release\nVARIANT_ID=installer\n`;
let sshd: Sshd;
let silent: Server;
const sockets = new Set<Socket>();

beforeAll(async () => {
  const command = `command="printf '${said.replaceAll("\n", "\\n")}'"`;
  sshd = await startSshd({ letIn: (key) => `${command} ${key}` });
  silent = createServer((socket) => sockets.add(socket.on("error", () => undefined))).listen(0);
  await once(silent, "listening");
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await sshd.stop();
});

function announcement(name: string, hosts: string[], port: number): DnsRecord[] {
  const instance = `${name}.${SERVICE}`;
  return [
    { type: "PTR", name: SUBTYPE, ttl: 4500, data: instance },
    { type: "SRV", name: instance, ttl: 4500, data: { target: `${name}.local`, port } },
    { type: "TXT", name: instance, ttl: 4500, data: [Buffer.from("run=run-1")] },
    ...hosts.map((data) => ({ type: "A", name: `${name}.local`, ttl: 4500, data })),
  ];
}

it("delays the search by seconds: the machine is found, and by its key alone", async () => {
  const address = silent.address();
  const silentPort = typeof address === "object" && address ? address.port : 0;
  const heard = createAnnouncements();
  for (let at = 0; at < 1000; at += 1) {
    const hosts = Array.from({ length: 8 }, (_, more) => `127.${more + 1}.${at >> 8}.${(at & 255) + 1}`);
    heard.absorb(announcement(`liar-${at}`, hosts, silentPort), "192.168.1.66", 0);
  }
  heard.absorb(announcement("machine", ["127.0.0.1"], sshd.address.port), "192.168.1.47", 0);

  const { hostKey, privateKey } = sshd.credentials;
  const secrets = {
    hostKey: { publicKey: hostKey, privateKey: "" },
    runKey: { publicKey: "", privateKey },
  };
  const { link, address: found } = linkTo(createRemote(), () => heard.found(0), secrets);
  const startedMs = performance.now();
  await link.connected(60_000);
  expect(found()).toEqual(sshd.address);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  link.close();
});
