/** What a browser may take its time for, and what not: it is judged by what it reads, not by what waits for it. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cardRun, transferring } from "../../support/renderer/bench-runs.ts";
import { openStationBench, type StationBench } from "../../support/station-bench.ts";

/** As much as a snapshot of sixty thousand devices. */
const SNAPSHOT_BYTES = 40 * 1024 ** 2;

let bench: StationBench;
let writing: NodeJS.Timeout;
let stream: Socket;

beforeEach(async () => {
  bench = await openStationBench({ stallMs: 2_000 });
  bench.fake.answer("files.list", async () => ({
    path: "x".repeat(SNAPSHOT_BYTES),
    parent: null,
    entries: [],
    leftOut: 0,
  }));
  stream = await open(await bench.letIn());
  const run = cardRun();
  let position = 0;
  writing = setInterval(() => {
    position += 1;
    bench.fake.notify({ event: "run", payload: transferring(run, "write", position / 1e6, 1) });
  }, 5);
});
afterEach(async () => {
  clearInterval(writing);
  stream.destroy();
  await bench.remove();
});

/** A browser without a mind of its own: it answers no ping, and reads when the test does. */
async function open(secret: string): Promise<Socket> {
  const { host, port } = bench;
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(
    `GET /api HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nSec-WebSocket-Protocol: floppy, ${secret}\r\n` +
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
  );
  await once(socket, "data");
  socket.pause();
  return socket;
}

/** The frame of a client is masked; a mask of zeros changes nothing. */
function ask(socket: Socket) {
  const text = JSON.stringify({ id: 1, call: "files.list", input: { path: null } });
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]));
}

async function isConnected(): Promise<boolean> {
  const { stdout } = await execa("ss", ["-Htn", "state", "established", `sport = :${bench.port}`]);
  return stdout !== "";
}

it("a page that reads slowly gets all of it, though a card is written meanwhile and nothing answers for it", async () => {
  ask(stream);
  let received = 0;
  const begun = performance.now();
  while (received < SNAPSHOT_BYTES) {
    await once(stream, "readable");
    received += stream.read()?.length ?? 0;
    // Slower than the station's patience as a whole, though never as slow for one piece.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(performance.now() - begun).toBeGreaterThan(2_000);
  expect(await isConnected()).toBe(true);
});

it("a page that reads nothing is cut off, and what waited for it is let go", async () => {
  ask(stream);
  await expect.poll(isConnected, { timeout: 20_000 }).toBe(false);
});
