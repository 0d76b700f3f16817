/** Settings as a Floppy of before took them: the command says what is wrong in them, and writes no medium meanwhile. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import type { Drive } from "#contract/drives.ts";
import { createBench, objects } from "./cli-process.ts";
import { makeCardImage } from "./writer/images.ts";

const MIB = 1024 ** 2;
let bench: ReturnType<typeof createBench>;
let drive: Drive;

beforeEach(async () => {
  bench = createBench();
  mkdirSync(bench.dataFolder);
  drive = await createPracticeDrives({ folder: bench.practiceFolder }).create(32 * MIB);
});
afterEach(async () => {
  await createPracticeDrives({ folder: bench.practiceFolder }).remove(drive.key);
  bench.remove();
});

it.each([
  ["Wi-Fi passphrase", { wifi: { ssid: "Bench", passphrase: "schlüssel" } }],
  ["Wi-Fi name", { wifi: { ssid: "ж".repeat(20), passphrase: "12345678" } }],
  ["SSH keys, line 1", { authorizedKeys: ['from="*" ssh-ed25519 AAAA'] }],
])("a wrong %s is named, and no medium is written", async (words, wrong) => {
  const settings = JSON.stringify({ ...wrong, benchName: "Bench 7" });
  writeFileSync(join(bench.dataFolder, "settings.json"), settings);
  const image = makeCardImage(bench.folder);
  const before = readFileSync(drive.identity.path);
  const single = ["provision", "FLOPPY-RPI-00001", "--role", "robot", "--image", image];
  for (const more of [[], ["--batch"]]) {
    const written = ["--drive", drive.identity.path, "--yes", "--json", ...more];
    const { code, stdout } = await bench.run(...single, ...written);
    expect(objects(stdout).at(-1)).toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining(`${words}: `),
    });
    expect(code).toBe(9);
  }
  expect(readFileSync(drive.identity.path).equals(before)).toBe(true);
  expect(readFileSync(join(bench.dataFolder, "settings.json"), "utf8")).toBe(settings);
  expect((await bench.run("drives")).code).toBe(0);
});
