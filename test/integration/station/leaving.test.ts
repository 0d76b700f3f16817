/** What a browser asks of the built station costs no more than a few processes, and ends when it has left. */
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { type StationProcess, startStation } from "../../support/station-process.ts";

/** Takes longer to read than any test lasts, and no place on a disk. */
const LARGE = 4 * 2 ** 40;
const patient = { timeout: 20_000 };

let folder: string;
let station: StationProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-leaving-"));
  await mkdir(join(folder, "data"), { mode: 0o700 });
  station = await startStation(join(folder, "data"), process.env);
});
afterEach(async () => {
  await station.kill();
  await rm(folder, { recursive: true, force: true });
});

async function browser(): Promise<WebSocket> {
  const { origin, host, searchParams } = new URL(station.url);
  const headers = { authorization: `Bearer ${searchParams.get("token")}`, origin };
  const answer = await fetch(new URL("/session", origin), { method: "POST", headers });
  const { secret } = (await answer.json()) as { secret: string };
  const socket = new WebSocket(`ws://${host}/api`, ["floppy", secret], { headers: { origin } });
  await once(socket, "open");
  return socket;
}

/** The station's own children that are writers. */
async function writers(): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const [, parent] = /\) \S (\d+) /.exec(stat) ?? [];
      return Number(parent) === station.pid && command.includes("writer.js");
    }),
  );
  return lines.filter(Boolean).length;
}

async function image(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, "");
  await truncate(path, LARGE);
  return path;
}

it("63 inspections start two writers, of one file a single one, which end when the browser has left", async () => {
  const socket = await browser();
  const paths = [await image("one.img"), await image("two.img"), await image("three.img")];
  const ask = (id: number, path: string, call = "images.inspect") =>
    socket.send(JSON.stringify({ id, call, input: { path } }));
  for (let id = 0; id < 40; id += 1) ask(id, paths[0] ?? "");
  await vi.waitUntil(async () => (await writers()) > 0, patient);
  for (let id = 40; id < 63; id += 1) ask(id, paths[id % 3] ?? "");
  await vi.waitUntil(async () => (await writers()) > 1, patient);
  ask(63, folder, "files.list");
  const [answer] = await once(socket, "message");
  expect(JSON.parse(String(answer))).toMatchObject({ id: 63, reply: { ok: true } });
  expect(await writers()).toBe(2);
  socket.terminate();
  await vi.waitUntil(async () => (await writers()) === 0, patient);
});
