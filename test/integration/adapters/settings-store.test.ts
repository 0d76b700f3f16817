import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSettingsStore } from "#adapters/settings-store.ts";
import { toErrorData } from "#contract/errors.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-settings-"));
  file = join(folder, "settings.json");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const own: Settings = {
  ...defaultSettings,
  authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me"],
  wifi: { ssid: "Bench", passphrase: "correct horse" },
  benchName: "Bench 7",
};

describe("settings", () => {
  it("are the defaults before anything was saved, and no file is made", async () => {
    expect(await createSettingsStore({ file }).load()).toEqual(defaultSettings);
    expect(await readdir(folder)).toEqual([]);
  });

  it("come back as they were saved, in a file that only its owner may read", async () => {
    await createSettingsStore({ file }).save(own);
    expect(await createSettingsStore({ file }).load()).toEqual(own);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["settings.json"]);
  });

  it("of an older Floppy take what they lack from the defaults", async () => {
    await writeFile(file, JSON.stringify({ benchName: "Bench 7" }));
    expect(await createSettingsStore({ file }).load()).toEqual({ ...defaultSettings, benchName: "Bench 7" });
  });

  it("may begin with the mark that editors of Windows put there", async () => {
    await createSettingsStore({ file }).save(own);
    await writeFile(file, `\ufeff${await readFile(file, "utf8")}`);
    expect(await createSettingsStore({ file }).load()).toEqual(own);
  });

  it("are the last ones saved when several are saved at once", async () => {
    const store = createSettingsStore({ file });
    await Promise.all([1, 2, 3].map((bench) => store.save({ ...own, benchName: `Bench ${bench}` })));
    expect((await store.load()).benchName).toMatch(/^Bench [123]$/);
    expect(await readdir(folder)).toEqual(["settings.json"]);
  });
});

describe("settings that cannot be understood", () => {
  it.each([
    ["not closed", '{"wifi": {"ssid": "Bench", "passphrase": "correct horse}'],
    ["not quoted", '{"wifi": {"ssid": "Bench", "passphrase": horse battery}}'],
    ["too short", '{"wifi": {"ssid": "Bench", "passphrase": "horse"}}'],
  ])("do not give the passphrase away (%s)", async (_what, text) => {
    await writeFile(file, text);
    const failure = await createSettingsStore({ file })
      .load()
      .catch((thrown: unknown) => JSON.stringify(toErrorData(thrown)));
    expect(failure).toContain("SETTINGS_INVALID");
    expect(failure).not.toContain("horse");
  });

  it.each([
    ["no JSON", '{"flake": '],
    ["no object", "[]"],
    ["empty", ""],
    ["of the wrong type", '{"theme": "purple"}'],
    ["no SSH key", '{"authorizedKeys": ["my key"]}'],
  ])("(%s) are an error, never silently the defaults, and are left alone", async (_what, text) => {
    await writeFile(file, text);
    const loading = createSettingsStore({ file }).load();
    await expect(loading).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining(file),
    });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("name the field that is wrong", async () => {
    await writeFile(file, '{"theme": "purple"}');
    const details = { reason: expect.stringContaining("theme") };
    await expect(createSettingsStore({ file }).load()).rejects.toMatchObject({ details });
  });

  it("are put aside when new ones are saved", async () => {
    await writeFile(file, '{"theme": "purple"}');
    await createSettingsStore({ file }).save(own);
    const aside = (await readdir(folder)).find((name) => name.startsWith("settings.json.broken"));
    expect(await readFile(join(folder, String(aside)), "utf8")).toBe('{"theme": "purple"}');
    expect(await createSettingsStore({ file }).load()).toEqual(own);
  });
});

describe("on a disk that is full", () => {
  let disk: string;

  beforeEach(async () => {
    disk = join(folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "floppy-test", disk]);
  });

  afterEach(() => execFileSync("umount", ["--lazy", disk]));

  it("saving says so, and the settings from before are still there", async () => {
    const store = createSettingsStore({ file: join(disk, "settings.json") });
    await store.save(own);
    const tooLarge = store.save({ ...own, builders: "x".repeat(64_000) });
    await expect(tooLarge).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(await store.load()).toEqual(own);
    expect(await readdir(disk)).toEqual(["settings.json"]);
  });
});
