/** A bench without nix makes a device from an image that another one built: the command as a process, all of it real. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { createSettingsStore } from "#adapters/settings-store.ts";
import type { Drive } from "#contract/drives.ts";
import { mediumIdentity } from "#contract/identity.ts";
import { defaultSettings } from "#contract/settings.ts";
import { closeMirrors, type Mirror, serve, whole } from "../support/downloads/mirror.ts";
import { createBench } from "./cli-process.ts";
import { FIRMWARE, makeCardImage, pack } from "./writer/images.ts";

const MIB = 1024 ** 2;
const serial = "FLOPPY-RPI-00001";
const REVISION = "3f2a91c07d15";

let bench: ReturnType<typeof createBench>;
let drive: Drive;
let server: Mirror;
let manifest: string;
let key: { secret: string; publicKey: string };

/** All programs of this machine but nix's. */
function withoutNix(): string {
  const folder = mkdtempSync(join(tmpdir(), "floppy-path-"));
  for (const bin of ["/usr/sbin", "/usr/bin"])
    for (const name of readdirSync(bin).filter((one) => !one.startsWith("nix")))
      if (!existsSync(join(folder, name))) symlinkSync(join(bin, name), join(folder, name));
  return folder;
}

let programs: string;
beforeAll(() => {
  programs = withoutNix();
});
afterAll(() => rmSync(programs, { recursive: true, force: true }));

beforeEach(async () => {
  bench = createBench({ ...process.env, PATH: programs });
  mkdirSync(bench.dataFolder);
  drive = await createPracticeDrives({ folder: bench.practiceFolder }).create(32 * MIB);
  const served = join(bench.folder, "served");
  mkdirSync(served);
  const image = join(served, "raspberry-robot.img.zst");
  renameSync(pack(makeCardImage(bench.folder), "zst"), image);
  manifest = join(served, "images.json");
  server = await serve((request, response, nth) => {
    if (request.url?.endsWith(".zst")) return whole(readFileSync(image))(request, response, nth);
    response.end(readFileSync(join(served, basename(request.url ?? ""))));
  }, "/images.json");
  const address = new URL(".", server.url).href;
  const published = await bench.run("images", "publish", served, "--url", address, "--built-from", REVISION);
  expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining("minisign -S -m") });
  key = sign();
  const store = createSettingsStore({ file: join(bench.dataFolder, "settings.json") });
  await store.save({ ...defaultSettings, manifest: { url: server.url, publicKey: key.publicKey } });
});

afterEach(async () => {
  await closeMirrors();
  await createPracticeDrives({ folder: bench.practiceFolder }).remove(drive.key);
  bench.remove();
});

function sign() {
  const [secret, open] = [join(bench.folder, "own.key"), join(bench.folder, "own.pub")];
  execFileSync("minisign", ["-G", "-W", "-s", secret, "-p", open], { stdio: "ignore" });
  execFileSync("minisign", ["-S", "-s", secret, "-m", manifest], { stdio: "ignore" });
  return { secret, publicKey: readFileSync(open, "utf8").split("\n")[1] ?? "" };
}

function resign() {
  execFileSync("minisign", ["-S", "-s", key.secret, "-m", manifest], { stdio: "ignore" });
}

/** The list and its signature as they are now. */
const files = () => [manifest, `${manifest}.minisig`].map((file) => [file, readFileSync(file)] as const);

async function publishAgain(...options: string[]) {
  const address = new URL(".", server.url).href;
  const ended = await bench.run("images", "publish", dirname(manifest), "--url", address, ...options);
  if (ended.code === 0) resign();
  return ended;
}

const order = (of: string) => ["provision", of, "--role", "robot", "--image", "download"];
const agreed = () => ["--drive", drive.identity.path, "--yes"];

function readIdentity() {
  const at = `${drive.identity.path}@@${FIRMWARE.offset}`;
  return mediumIdentity.parse(
    JSON.parse(execFileSync("mtype", ["-i", at, "::/floppy/identity.json"]).toString()),
  );
}

describe('a bench that downloads what "floppy images publish" listed', () => {
  it("makes the device without nix, and the next one without network", async () => {
    const first = await bench.run(...order(serial), ...agreed());
    expect(first.stderr).toMatch(/Image: downloaded while written · /);
    expect(first.code).toBe(0);
    expect(readIdentity()).toMatchObject({ serial });
    await server.close();
    const second = await bench.run(...order("FLOPPY-RPI-00002"), ...agreed());
    expect(second.stderr).toContain("The manifest is the copy from before.");
    expect(second.code).toBe(0);
    expect(readIdentity()).toMatchObject({ serial: "FLOPPY-RPI-00002" });
  });

  it("writes nothing of a manifest that was changed after it was signed", async () => {
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(REVISION, "3f2a91c07d16"));
    const { code, stderr } = await bench.run(...order(serial), ...agreed());
    expect(stderr).toContain("it was changed after it was signed");
    expect(code).toBe(6);
    expect(server.asked).toHaveLength(2);
  });

  it("is given no manifest of an image that is damaged", async () => {
    const before = readFileSync(manifest);
    truncateSync(join(bench.folder, "served/raspberry-robot.img.zst"), 5000);
    const { code, stderr } = await bench.run("images", "publish", dirname(manifest), "--url", server.url);
    expect(code).toBe(6);
    expect(stderr).toContain("Reading raspberry-robot.img.zst");
    expect(readFileSync(manifest).equals(before)).toBe(true);
  });

  it("takes no older list any more, writes nothing of it, and goes back by the serial that is named alone", async () => {
    const old = files();
    const { serial: first } = JSON.parse(readFileSync(manifest, "utf8"));
    expect((await publishAgain()).code).toBe(0);
    expect((await bench.run("images")).stdout).toMatch(
      /Its serial is \d+; it is good until \d{4}-\d\d-\d\d\./,
    );
    for (const [file, content] of old) writeFileSync(file, content);
    const refused = await bench.run(...order(serial), ...agreed());
    expect(refused).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("is older than one that was seen"),
    });
    expect(refused.stderr).toContain(`--go-back-to ${first}`);
    expect((await bench.run("images", "--go-back-to", "5")).code).toBe(6);
    expect((await bench.run("images", "--go-back-to", "latest")).code).toBe(2);
    expect((await bench.run("images")).code).toBe(6);
    expect((await bench.run("images", "--go-back-to", `${first}`)).code).toBe(0);
    expect((await bench.run("images")).code).toBe(0);
  });

  it("keeps what it saw where only its user reads it", async () => {
    await bench.run("images");
    const kept = join(bench.dataFolder, "manifests");
    const paths = [kept, ...readdirSync(kept).map((name) => join(kept, name))];
    expect(paths.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(["700", "600"]);
  });

  it("says of a signed list of before that it says nothing of its age, in the list and in a run's log", async () => {
    const { version, images } = JSON.parse(readFileSync(manifest, "utf8"));
    writeFileSync(manifest, JSON.stringify({ version, images }));
    resign();
    const words = "neither how old it is nor until when it is good";
    expect((await bench.run("images")).stdout).toContain(words);
    const written = await bench.run(...order(serial), ...agreed());
    expect(written).toMatchObject({ code: 0, stderr: expect.stringContaining(words) });
  });

  it("is given a list whose age was named, and none with a serial that it would refuse", async () => {
    expect((await publishAgain("--serial", "4102444800", "--expires", "2")).code).toBe(0);
    const told = JSON.parse(readFileSync(manifest, "utf8"));
    expect(told).toMatchObject({ version: 1, purpose: "floppy-images", serial: 4_102_444_800 });
    const days = (Date.parse(told.expires) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(1.9);
    expect(days).toBeLessThanOrEqual(2);
    const before = readFileSync(manifest, "utf8");
    for (const wrong of [
      ["--serial", "7"],
      ["--serial", "x"],
      ["--expires", "0"],
    ])
      expect((await publishAgain(...wrong)).code, wrong.join(" ")).toBe(2);
    expect(readFileSync(manifest, "utf8")).toBe(before);
    expect((await publishAgain()).code).toBe(0);
    expect(JSON.parse(readFileSync(manifest, "utf8")).serial).toBe(4_102_444_801);
  });

  it("lists what the manifest names", async () => {
    const { code, stdout } = await bench.run("images");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^raspberry-robot .* 3f2a91c07d15 +no$/m);
    expect(stdout).toContain("Signed by the key in Settings: timestamp:");
  });
});
