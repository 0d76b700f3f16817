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

const sound = (settings: Settings) => ({ settings, problem: null });

describe("settings", () => {
  it("are the defaults before anything was saved, and no file is made", async () => {
    expect(await createSettingsStore({ file }).load()).toEqual(sound(defaultSettings));
    expect(await readdir(folder)).toEqual([]);
  });

  it("come back as they were saved, in a file that only its owner may read", async () => {
    await createSettingsStore({ file }).save(own);
    expect(await createSettingsStore({ file }).load()).toEqual(sound(own));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["settings.json"]);
  });

  it("of an older Floppy take what they lack from the defaults", async () => {
    await writeFile(file, JSON.stringify({ benchName: "Bench 7" }));
    expect(await createSettingsStore({ file }).load()).toEqual(
      sound({ ...defaultSettings, benchName: "Bench 7" }),
    );
  });

  it("may begin with the mark that editors of Windows put there", async () => {
    await createSettingsStore({ file }).save(own);
    await writeFile(file, `\ufeff${await readFile(file, "utf8")}`);
    expect(await createSettingsStore({ file }).load()).toEqual(sound(own));
  });

  it("are the last ones saved when several are saved at once", async () => {
    const store = createSettingsStore({ file });
    await Promise.all([1, 2, 3].map((bench) => store.save({ ...own, benchName: `Bench ${bench}` })));
    expect((await store.load()).settings.benchName).toMatch(/^Bench [123]$/);
    expect(await readdir(folder)).toEqual(["settings.json"]);
  });
});

describe("settings that cannot be understood", () => {
  it.each([
    ["not closed", '{"wifi": {"ssid": "Bench", "passphrase": "correct horse}'],
    ["not quoted", '{"wifi": {"ssid": "Bench", "passphrase": horse battery}}'],
    ["too short", '{"wifi": {"ssid": "Bench", "passphrase": "horse"}}'],
    ["no text", '{"wifi": {"ssid": "Bench", "passphrase": ["horse"]}}'],
  ])("do not give the passphrase away (%s)", async (_what, text) => {
    await writeFile(file, text);
    const problem = await createSettingsStore({ file })
      .load()
      .then(
        (loaded) => loaded.problem,
        (thrown: unknown) => thrown,
      );
    const told = JSON.stringify(toErrorData(problem));
    expect(told).toContain("SETTINGS_INVALID");
    expect(told).not.toContain("horse");
  });

  it.each([
    ["no JSON", '{"flake": '],
    ["no object", "[]"],
    ["empty", ""],
  ])("(%s) are an error, never silently the defaults, and are left alone", async (_what, text) => {
    await writeFile(file, text);
    const loading = createSettingsStore({ file }).load();
    await expect(loading).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining(file),
    });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("name the place where they are no JSON, and nothing of what stands there", async () => {
    await writeFile(
      file,
      '{\n  "wifi": { "ssid": "bench", "passphrase": "battery horse" }\n  "theme": "dark"\n}',
    );
    const error = await createSettingsStore({ file }).load().catch(toErrorData);
    expect(error).toMatchObject({
      details: { reason: "It is not JSON. The mistake is at line 3, column 3." },
    });
    expect(JSON.stringify(error)).not.toContain("horse");
  });

  it("are put aside when new ones are saved", async () => {
    await writeFile(file, "theme = purple");
    await createSettingsStore({ file }).save(own);
    const aside = (await readdir(folder)).find((name) => name.startsWith("settings.json.broken"));
    expect(await readFile(join(folder, String(aside)), "utf8")).toBe("theme = purple");
    expect(await createSettingsStore({ file }).load()).toEqual(sound(own));
  });
});

/** As a Floppy of before took them, or a hand wrote them. */
describe("one wrong field", () => {
  const wrong: [what: string, change: object, words: string][] = [
    ["a passphrase beyond ASCII", { wifi: { ssid: "Bench", passphrase: "schlüssel" } }, "Wi-Fi passphrase: "],
    [
      "a passphrase of two lines",
      { wifi: { ssid: "Bench", passphrase: "12345678\n" } },
      "Wi-Fi passphrase: ",
    ],
    ["a name of 40 bytes", { wifi: { ssid: "ж".repeat(20), passphrase: "12345678" } }, "Wi-Fi name: "],
    ["a key that is none", { authorizedKeys: ["my key"] }, "SSH keys, line 1: "],
    [
      "a key that is cut off",
      { authorizedKeys: [own.authorizedKeys[0]?.slice(0, -20)] },
      "SSH keys, line 1: ",
    ],
    ["a theme that is none", { theme: "purple" }, "Theme: "],
    ["a number for keys", { authorizedKeys: 7 }, "SSH keys: "],
  ];

  it.each(wrong)("(%s) is named, and takes no other with it", async (_what, change, words) => {
    await writeFile(file, JSON.stringify({ ...own, ...change }));
    const { settings, problem } = await createSettingsStore({ file }).load();
    expect(problem).toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringContaining(words) });
    for (const name of Object.keys(own) as (keyof Settings)[])
      if (!(name in change)) expect(settings[name]).toEqual(own[name]);
  });

  it.each(wrong)("(%s) stays one until that very field is saved anew", async (_what, change) => {
    await writeFile(file, JSON.stringify({ ...own, ...change }));
    const store = createSettingsStore({ file });
    expect((await store.save({ benchName: "Bench 8" })).problem).not.toBeNull();
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ ...own, ...change, benchName: "Bench 8" });
    const corrected = Object.fromEntries(
      Object.keys(change).map((name) => [name, own[name as keyof Settings]]),
    );
    expect(await store.save(corrected)).toEqual(sound({ ...own, benchName: "Bench 8" }));
  });

  it.each(wrong)("(%s) is not saved, whoever asks for it", async (_what, change, words) => {
    const store = createSettingsStore({ file });
    await store.save(own);
    await expect(store.save(change)).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining(words),
    });
    expect(await store.load()).toEqual(sound(own));
  });

  it("that cannot even be shown is put aside, with all of the file, when it is saved anew", async () => {
    await writeFile(file, '{"theme": "purple"}');
    await createSettingsStore({ file }).save({ theme: "dark" });
    const aside = (await readdir(folder)).find((name) => name.startsWith("settings.json.broken"));
    expect(await readFile(join(folder, String(aside)), "utf8")).toBe('{"theme": "purple"}');
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
    expect(await store.load()).toEqual(sound(own));
    expect(await readdir(disk)).toEqual(["settings.json"]);
  });
});
