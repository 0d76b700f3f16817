/** Whoever can reach the port can connect and keep still: what that may cost the station, and whom it may shut out. */

import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { tokenOf } from "../../support/station-bench.ts";
import { type StationProcess, startStation } from "../../support/station-process.ts";

let folder: string;
let station: StationProcess;
let held: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-station-"));
  station = await startStation(join(folder, "data"), process.env);
});
afterEach(async () => {
  for (const socket of held) socket.destroy();
  held = [];
  await station.kill();
  await rm(folder, { recursive: true, force: true });
});

const host = () => new URL(station.url).host;
const openFiles = async () => (await readdir(`/proc/${station.pid}/fd`)).length;

/** A client that says this, and never lets go of its own accord. */
function hold(text: string): Socket {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(station.url).port), allowHalfOpen: true });
  socket.on("error", () => {});
  socket.write(text);
  held.push(socket);
  return socket;
}

/** By the text of its request, since Node's own clients let go when the server ends. */
const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: ${host()}\r\nOrigin: http://${host()}\r\nConnection: Upgrade\r\n` +
  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n";

async function answered(sockets: Socket[]) {
  await Promise.all(sockets.map((socket) => once(socket, "data")));
}

/** The whole way of a page: let in by the token, then connected. */
async function connectPage(): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${tokenOf(station.url)}` };
  const response = await fetch(new URL("/session", station.url), { method: "POST", headers });
  const { secret } = await response.json();
  const socket = new WebSocket(`ws://${host()}/api`, ["floppy", secret], { origin: `http://${host()}` });
  await once(socket, "open");
  return socket;
}

it.each([
  ["an upgrade that is refused", () => upgrade("/api")],
  ["an upgrade at no place of ours", () => upgrade("/elsewhere")],
  ["an upgrade that is no WebSocket's", () => upgrade("/api").replace("Key: MD", "Nothing: ")],
  ["a request that is refused", () => `POST / HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 9\r\n\r\n`],
  ["a request under a foreign name", () => "GET / HTTP/1.1\r\nHost: evil.com\r\n\r\n"],
  ["a request that is none", () => "nonsense\r\n\r\n"],
])("lets go of %s at once, though the other end does not", async (_, text) => {
  const before = await openFiles();
  await answered(Array.from({ length: 100 }, () => hold(text())));
  await expect.poll(openFiles, { timeout: 10_000 }).toBeLessThanOrEqual(before + 5);
});

it("keeps few of those who say nothing, and shuts out no page meanwhile", async () => {
  const before = await openFiles();
  for (let round = 0; round < 20; round++) {
    const sockets = Array.from({ length: 100 }, () => hold("GET / HTTP/1.1\r\n"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
  }
  await expect.poll(openFiles, { timeout: 30_000 }).toBeLessThan(before + 300);
  const page = await connectPage();
  page.send(JSON.stringify({ id: 1, call: "nothing", input: {} }));
  await once(page, "message");
  for (let count = 0; count < 500; count++) hold("");
  await expect.poll(openFiles, { timeout: 30_000 }).toBeLessThan(before + 300);
  expect(page.readyState).toBe(WebSocket.OPEN);
  page.terminate();
});

describe("ends within two seconds of SIGTERM", () => {
  const openings: [string, () => Promise<unknown>][] = [
    ["a connection that says nothing", async () => once(hold(""), "connect")],
    ["a request that was begun", async () => once(hold("GET / HTTP/1.1\r\nHost:"), "connect")],
    ["a refused upgrade", async () => answered([hold(upgrade("/api"))])],
    ["a page that reads nothing more", async () => (await connectPage()).pause()],
  ];

  it.each(openings)("with %s open", async (_, open) => {
    await open();
    const begun = performance.now();
    await station.stop();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
