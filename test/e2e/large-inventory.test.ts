/** An inventory of many devices, while a card is written. */
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openInventory } from "#adapters/inventory/inventory.ts";
import type { CallInput, CallName, CallOutput } from "#contract/api.ts";
import type { Reply } from "#contract/dispatch.ts";
import { launchChromium } from "../support/chromium.ts";
import { detachLoopsBelow } from "../support/loops.ts";
import { tokenOf } from "../support/station-bench.ts";
import { type StationProcess, startStation } from "../support/station-process.ts";
import { type Throttle, throttle } from "../support/throttle.ts";
import { machineWithoutNix } from "../support/without-nix.ts";

const DEVICES = 50_000;

let machine: ReturnType<typeof machineWithoutNix>;
let data: string;
let station: StationProcess;
let browser: Browser;
let slowness: Throttle | undefined;
let client: Awaited<ReturnType<typeof connectClient>>;

beforeAll(async () => {
  machine = machineWithoutNix();
  data = join(machine.folder, "data");
  mkdirSync(data, { mode: 0o700 });
  await fillInventory(join(data, "inventory.sqlite"));
  station = await startStation(data, machine.env);
  client = await connectClient();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  client?.close();
  await station?.stop();
  await slowness?.lift();
  await detachLoopsBelow(data);
  machine?.remove();
});

async function fillInventory(file: string) {
  await (await openInventory({ file })).close();
  const database = new DatabaseSync(file);
  const insert = database.prepare(
    "insert into devices (serial, host, role, hostname, state, practice, created_at, updated_at) values (?, 'raspberry', 'robot', ?, 'registered', 0, ?, ?)",
  );
  const at = "2026-03-02T09:41:00.000Z";
  database.exec("begin");
  for (let number = 1; number <= DEVICES; number++) {
    const digits = String(number).padStart(5, "0");
    insert.run(`FLOPPY-RPI-${digits}`, `floppy-rpi-${digits}`, at, at);
  }
  database.exec("commit");
  database.close();
}

/** A second page, which begins what the first is opened beside. */
async function connectClient() {
  const { origin, host } = new URL(station.url);
  const authorization = `Bearer ${tokenOf(station.url)}`;
  const granted = await fetch(`${origin}/session`, { method: "POST", headers: { authorization } });
  const { secret } = await granted.json();
  const invited = await fetch(`${origin}/invitation`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
  });
  const invitation = `${origin}/?token=${(await invited.json()).secret}`;
  const socket = new WebSocket(`ws://${host}/api`, ["floppy", secret], { origin });
  await once(socket, "open");
  const pending = new Map<number, (reply: Reply) => void>();
  socket.on("message", (message) => {
    const { id, reply } = JSON.parse(String(message));
    pending.get(id)?.(reply);
  });

  async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    const id = pending.size;
    const reply = await new Promise<Reply>((resolve) => {
      pending.set(id, resolve);
      socket.send(JSON.stringify({ id, call: name, input }));
    });
    if (!reply.ok) throw new Error(JSON.stringify(reply.error));
    return reply.value as CallOutput<Name>;
  }
  return { call, invitation, close: () => socket.close() };
}

async function beginWriting(serial: string) {
  const drive = await client.call("drives.createPractice", { sizeBytes: 1024 ** 3 });
  slowness = await throttle([drive.identity.path], { write: 1 / 16, read: 90 });
  await slowness.add(station.pid);
  const request = { serial, role: "robot", image: { kind: "practice" } as const };
  return client.call("runs.start", { ...request, driveKey: drive.key, eraseConfirmed: drive.key });
}

it(`opens a page on ${DEVICES} devices while a card is written`, async () => {
  const serial = "FLOPPY-RPI-00001";
  const { id } = await beginWriting(serial);
  const isWriting = async () => {
    const { run } = await client.call("runs.show", { runId: id });
    return run.phases.find(({ status }) => status.state === "running")?.name;
  };
  await expect.poll(isWriting, { timeout: 30_000 }).toBe("write");
  const page = await browser.newPage();
  await page.goto(client.invitation);
  await page.getByText("Which device is this?").waitFor({ timeout: 45_000 });
  expect(await isWriting()).toBe("write");
});

it("ends within two seconds of SIGTERM, though a card is being written and pages are open", async () => {
  const begun = performance.now();
  await station.stop();
  expect(performance.now() - begun).toBeLessThan(2_000);
});
