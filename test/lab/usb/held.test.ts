/** A run that has to wait while its card is exchanged: for its image, or because its writer was stopped. */
import { readFileSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSettingsStore } from "#adapters/settings-store.ts";
import { defaultSettings } from "#contract/settings.ts";
import { builtProgram } from "../../support/built.ts";
import { closeMirrors, serve } from "../../support/downloads/mirror.ts";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench, type Told } from "./bench.ts";
import { makeCardImage } from "./card-image.ts";
import { slotPlace } from "./devices.ts";
import { hashOf, type Medium, makeMedium, moment } from "./media.ts";

const MIB = 1024 ** 2;
const SLOT = "slot0";
const PORT_THERE = 8080;
const MANIFEST = "images.json";
const NAME = "raspberry-robot.img";
/** A few seconds on a quiet bench. */
const SOON_MS = 30_000;

const bench = setUpBench(chooseSeed());
let image: Buffer;
let held: Medium;
/** The image's response, of which the test sends as much as it likes. */
let asked: PromiseWithResolvers<ServerResponse>;

/** The folder as a bench would publish it, and the machine's Floppy told where it is served. */
async function publish(file: string): Promise<void> {
  const folder = join(bench.folder, "served");
  await mkdir(folder);
  await rename(file, join(folder, NAME));
  const url = `http://127.0.0.1:${PORT_THERE}`;
  await execa(process.execPath, [builtProgram("cli"), "images", "publish", folder, "--url", url], {
    env: { FLOPPY_DATA: join(bench.folder, "data") },
  });
  const { server } = await serve((request, response) => {
    if (!request.url?.endsWith(NAME)) return response.end(readFileSync(join(folder, MANIFEST)));
    response.writeHead(200, { "content-length": image.length, etag: '"one"' });
    response.flushHeaders();
    return asked.resolve(response);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  await bench.guest().forward(PORT_THERE, address.port);
  const settings = join(bench.folder, "settings.json");
  const manifest = { url: `${url}/${MANIFEST}`, publicKey: null };
  await createSettingsStore({ file: settings }).save({ ...defaultSettings, manifest });
  await bench.guest().run("mkdir -p /root/floppy");
  await bench.put(settings, "/root/floppy/settings.json");
}

beforeAll(async () => {
  const file = await makeCardImage(bench.folder, bench.random);
  image = readFileSync(file);
  await bench.put(file, "/root/card.img");
  await publish(file);
  held = await makeMedium(bench.folder, "card0", 16 * MIB, bench.random);
  await bench.hands().insert(SLOT, held);
});
afterAll(closeMirrors);

let exchanges = 0;

/** Another card in its place; what it holds. */
async function exchange(): Promise<{ other: Medium; hash: string }> {
  exchanges += 1;
  const other = await makeMedium(bench.folder, `card${exchanges}`, 16 * MIB, bench.random);
  const hash = await hashOf(other.file);
  await bench.hands().takeOut(SLOT, held);
  await bench.hands().insert(SLOT, other);
  held = other;
  return { other, hash };
}

async function startProvision(serial: string, from: string): Promise<{ ended: Promise<Told> }> {
  asked = Promise.withResolvers();
  const path = await bench.seen(slotPlace(SLOT), held);
  const ended = bench.floppy(
    "provision",
    serial,
    "--role",
    "robot",
    "--image",
    from,
    "--drive",
    path,
    "--yes",
  );
  return { ended };
}

function untilWritten(bytes: number, ended: Promise<unknown>): Promise<boolean> {
  return moment(bench.hands(), SLOT, ({ written }) => written >= bytes, ended);
}

/** Between two cards there is none, for a moment. */
const replaced = { code: expect.stringMatching(/^DRIVE_(REPLACED|GONE)$/) };

it("an image that has not begun to come: the card that is there when it comes is not touched", async () => {
  const { ended } = await startProvision("FLOPPY-RPI-00001", "download");
  const response = await asked.promise;
  await bench.guest().run("until pgrep -f main/writer.js; do sleep 0.1; done");
  const { other, hash } = await exchange();
  response.end(image);
  const { error } = await ended;
  expect(await hashOf(other.file)).toBe(hash);
  expect(error).toMatchObject(replaced);
});

it("an image that came in part: the run ends by itself, though nothing more comes", async () => {
  const { ended } = await startProvision("FLOPPY-RPI-00002", "download");
  const response = await asked.promise;
  const written = untilWritten(3 * MIB, ended);
  response.write(image.subarray(0, 6 * MIB));
  expect(await written).toBe(true);
  const { other, hash } = await exchange();
  const told = await Promise.race([ended, delay(SOON_MS, null)]);
  response.destroy();
  await ended;
  expect(await hashOf(other.file)).toBe(hash);
  expect(told?.error).toMatchObject(replaced);
});

it("a writer that was stopped for a moment: it goes on with nothing", async () => {
  await bench.hands().pace({ "bps-write": 2 * MIB });
  const { ended } = await startProvision("FLOPPY-RPI-00003", "/root/card.img");
  expect(await untilWritten(2 * MIB, ended)).toBe(true);
  await bench.guest().run("pkill -STOP -f main/writer.js");
  const { other, hash } = await exchange();
  await bench.notices(slotPlace(SLOT), other);
  await bench.guest().run("pkill -CONT -f main/writer.js");
  const { error } = await ended;
  expect(await hashOf(other.file)).toBe(hash);
  expect(error).toMatchObject(replaced);
});
