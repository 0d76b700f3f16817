/** An image that is written while it is downloaded: command, server, writer and drive are real. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { createSettingsStore } from "#adapters/settings-store.ts";
import type { Drive } from "#contract/drives.ts";
import { mediumIdentity } from "#contract/identity.ts";
import { defaultSettings } from "#contract/settings.ts";
import { closeMirrors, serve, whole } from "../support/downloads/mirror.ts";
import { createBench } from "./cli-process.ts";
import { FIRMWARE, makeCardImage, pack } from "./writer/images.ts";

const MIB = 1024 ** 2;
const serial = "FLOPPY-RPI-00001";
/** In the middle of a file on the image's FAT: random bytes, which no identity changes. */
const PROBE = { start: 3 * MIB, end: 4 * MIB };

let originals: string;
let raw: Buffer;
beforeAll(() => {
  originals = mkdtempSync(join(tmpdir(), "floppy-arriving-"));
  raw = readFileSync(makeCardImage(originals));
});
afterAll(() => rmSync(originals, { recursive: true, force: true }));

let bench: ReturnType<typeof createBench>;
let drive: Drive;
let served: string;

beforeEach(async () => {
  bench = createBench();
  mkdirSync(bench.dataFolder);
  drive = await createPracticeDrives({ folder: bench.practiceFolder }).create(32 * MIB);
  served = join(bench.folder, "served");
  mkdirSync(served);
});
afterEach(async () => {
  await closeMirrors();
  await createPracticeDrives({ folder: bench.practiceFolder }).remove(drive.key);
  bench.remove();
});

type Packing = "raw" | "zst" | "gz" | "xz" | "bz2";

/** Puts the image there, packed, with the manifest that a bench would publish; returns its file. */
async function publish(packing: Packing): Promise<string> {
  const plain = join(bench.folder, "card.img");
  writeFileSync(plain, raw);
  const name = packing === "raw" ? "raspberry-robot.img" : `raspberry-robot.img.${packing}`;
  const file = join(served, name);
  renameSync(packing === "raw" ? plain : pack(plain, packing), file);
  const { code } = await bench.run("images", "publish", served, "--url", "https://images.example.org");
  expect(code).toBe(0);
  return file;
}

/** Serves that folder, and of the image nine tenths; the rest when it is told so, or when that is asked for. */
async function serveHeldBack(image: string) {
  const rest = Promise.withResolvers<"rest" | "nothing">();
  const refuses = { now: false };
  const content = readFileSync(image);
  const server = await serve((request, response, nth) => {
    if (!request.url?.endsWith(basename(image)))
      return response.end(readFileSync(join(served, "images.json")));
    if (refuses.now) return response.writeHead(503).end();
    if (request.headers.range) return whole(content)(request, response, nth);
    response.writeHead(200, { "content-length": content.length, etag: '"one"' });
    const part = Math.floor(content.length * 0.9);
    response.write(content.subarray(0, part));
    rest.promise.then((sent) =>
      sent === "rest" ? response.end(content.subarray(part)) : response.destroy(),
    );
  }, "/images.json");
  const manifest = join(served, "images.json");
  const address = new URL(".", server.url).href;
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace("https://images.example.org/", address));
  const store = createSettingsStore({ file: join(bench.dataFolder, "settings.json") });
  await store.save({ ...defaultSettings, manifest: { url: server.url, publicKey: null } });
  return { server, refuses, send: rest.resolve };
}

const provision = () =>
  bench.start(
    ...["provision", serial, "--role", "robot", "--image", "download"],
    ...["--drive", drive.identity.path, "--yes"],
  );

const onDrive = (start: number, end: number) => readFileSync(drive.identity.path).subarray(start, end);
const isWritten = () =>
  onDrive(PROBE.start, PROBE.end).equals(raw.subarray(PROBE.start, PROBE.end)) ? "written" : "not yet";
const headIsBlank = () => onDrive(0, MIB).equals(Buffer.alloc(MIB));

describe("an image that is downloaded", () => {
  it.each<Packing>(["raw", "zst", "gz", "xz", "bz2"])(
    "as %s is on the card as far as it has come, and bootable when it is whole",
    async (packing) => {
      const { send } = await serveHeldBack(await publish(packing));
      const { ended } = provision();
      await expect.poll(isWritten, { timeout: 30_000 }).toBe("written");
      expect(headIsBlank()).toBe(true);
      send("rest");
      const { code, stderr } = await ended;
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/Image: downloaded while written · /),
      });
      const at = `${drive.identity.path}@@${FIRMWARE.offset}`;
      const identity = execFileSync("mtype", ["-i", at, "::/floppy/identity.json"], {
        stdio: "pipe",
      }).toString();
      expect(mediumIdentity.parse(JSON.parse(identity))).toMatchObject({ serial });
      const behind = FIRMWARE.offset + FIRMWARE.sizeBytes;
      expect(onDrive(behind, raw.length).equals(raw.subarray(behind))).toBe(true);
    },
  );

  it("leaves no bootable card where the rest does not come, and goes on from there the next time", async () => {
    const { server, refuses, send } = await serveHeldBack(await publish("zst"));
    const { ended } = provision();
    await expect.poll(isWritten, { timeout: 30_000 }).toBe("written");
    refuses.now = true;
    send("nothing");
    const { code, stderr } = await ended;
    expect(stderr).toContain("The medium was begun and cannot boot.");
    expect(code).toBe(6);
    expect(headIsBlank()).toBe(true);

    refuses.now = false;
    expect(await provision().ended).toMatchObject({ code: 0 });
    expect(server.asked.at(-1)?.range).toMatch(/^bytes=[1-9]\d+-$/);
    expect(headIsBlank()).toBe(false);
  });

  it("leaves no bootable card where all of it is there and its hash is another one", async () => {
    const { server, send } = await serveHeldBack(await publish("raw"));
    const manifest = join(served, "images.json");
    const text = readFileSync(manifest, "utf8");
    writeFileSync(manifest, text.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${"0".repeat(64)}"`));
    send("rest");
    const { code, stderr } = await provision().ended;
    expect(stderr).toContain("its file is not the one of the manifest: the SHA-256 differs");
    expect(code).not.toBe(0);
    expect(headIsBlank()).toBe(true);
    expect(server.asked.length).toBeGreaterThan(1);
  });
});
