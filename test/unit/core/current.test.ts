import { describe, expect, it, vi } from "vitest";
import type { Notification } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { defaultSettings } from "#contract/settings.ts";
import { createCurrent } from "#core/current.ts";
import { catalog, fakePorts } from "../../support/fake-ports.ts";

const unreadable = new FloppyError(
  "CATALOG_UNREADABLE",
  "This flake has no floppy.catalog.",
  "Name another flake.",
);

function ports(readable: (flake: string | null) => boolean) {
  const fake = fakePorts();
  fake.catalogs.load = async (flake) => {
    if (!readable(flake)) throw unreadable;
    return { catalog, source: { kind: "flake", flake: flake ?? "bundled" } };
  };
  return fake;
}

describe("settings and catalog", () => {
  it("start with the copy, and its reason, when the flake in the settings cannot be read", async () => {
    const fake = ports((flake) => flake === null);
    fake.stored = { ...fake.stored, flake: "github:someone/gone" };
    const current = await createCurrent(fake, () => undefined);
    await expect(current.loadedCatalog()).resolves.toEqual({
      catalog,
      source: { kind: "bundled", reason: unreadable.message },
    });
    expect(current.problems()).toMatchObject([{ code: "CATALOG_UNREADABLE", message: unreadable.message }]);
    await expect(current.catalog()).rejects.toBe(unreadable);
  });

  it("read no catalog before somebody asks for it, and then once", async () => {
    const fake = ports(() => true);
    const load = vi.spyOn(fake.catalogs, "load");
    const current = await createCurrent(fake, () => undefined);
    expect(current.settings()).toEqual(fake.stored);
    expect(load).not.toHaveBeenCalled();
    await current.loadedCatalog();
    await current.catalog();
    expect(load).toHaveBeenCalledOnce();
  });

  it("begin nothing by the copy where Floppy's own flake says something else that cannot be read", async () => {
    const current = await createCurrent(
      ports(() => false),
      () => undefined,
    );
    await expect(current.loadedCatalog()).resolves.toMatchObject({ source: { kind: "bundled" } });
    await expect(current.catalog()).rejects.toBe(unreadable);
  });

  it("begin by the copy where nix is missing, which reads the same from the flake", async () => {
    const fake = ports(() => true);
    fake.catalogs.load = () => fake.catalogs.copy("Nix is not installed.");
    const current = await createCurrent(fake, () => undefined);
    await expect(current.catalog()).resolves.toEqual(catalog);
    expect(current.problems()).toEqual([]);
  });

  it("take the catalog when it is read again and can be, and say that nothing is amiss any more", async () => {
    let mended = false;
    const fake = ports((flake) => flake === null || mended);
    fake.stored = { ...fake.stored, flake: "path:/mine" };
    const told: Notification[] = [];
    const current = await createCurrent(fake, (one) => void told.push(one));
    await current.loadedCatalog();
    await expect(current.reloadCatalog()).rejects.toBe(unreadable);
    await expect(current.catalog()).rejects.toBe(unreadable);
    mended = true;
    await current.reloadCatalog();
    await expect(current.catalog()).resolves.toEqual(catalog);
    expect(current.problems()).toEqual([]);
    expect(told.map(({ event }) => event)).toEqual(["problems", "catalog", "problems"]);
    expect(told.at(-1)).toEqual({ event: "problems", payload: [] });
  });

  it("tell of a flake that fails after the first screen was shown", async () => {
    const fake = ports(() => true);
    fake.stored = { ...fake.stored, flake: "github:someone/slow" };
    const { promise: answered, reject: fail } = Promise.withResolvers<never>();
    fake.catalogs.load = () => answered;
    const told: Notification[] = [];
    const current = await createCurrent(fake, (one) => void told.push(one));
    await current.loadedCatalog();
    fail(unreadable);
    await expect(current.catalog()).rejects.toBe(unreadable);
    await new Promise(setImmediate);
    expect(told).toMatchObject([
      { event: "problems", payload: [{ code: "CATALOG_UNREADABLE" }] },
      { event: "catalog", payload: { source: { kind: "bundled", reason: unreadable.message } } },
    ]);
  });

  it("show the copy while a flake does not answer, and its own as soon as it does", async () => {
    const fake = ports(() => true);
    fake.stored = { ...fake.stored, flake: "github:someone/slow" };
    const { load } = fake.catalogs;
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    fake.catalogs.load = async (flake) => {
      await answered;
      return load(flake);
    };
    const told: Notification[] = [];
    const current = await createCurrent(fake, (one) => void told.push(one));
    await expect(current.loadedCatalog()).resolves.toMatchObject({
      source: { kind: "bundled", reason: expect.stringContaining("has not answered yet") },
    });
    const own = current.catalog();
    answer();
    await expect(own).resolves.toEqual(catalog);
    const source = { kind: "flake", flake: "github:someone/slow" };
    await expect(current.loadedCatalog()).resolves.toMatchObject({ source });
    expect(told).toMatchObject([{ event: "catalog", payload: { source } }]);
  });

  it("do not take a flake that cannot be read", async () => {
    const fake = ports((flake) => flake === null);
    const current = await createCurrent(fake, () => undefined);
    await expect(current.updateSettings({ flake: "path:/nowhere", benchName: "Bench 9" })).rejects.toBe(
      unreadable,
    );
    expect(current.settings()).toMatchObject({ flake: null, benchName: "Bench 1" });
    expect(fake.stored).toMatchObject({ flake: null, benchName: "Bench 1" });
  });

  it("tell the doors of new settings, and of the catalog that comes with another flake", async () => {
    const told: Notification[] = [];
    const current = await createCurrent(
      ports(() => true),
      (one) => void told.push(one),
    );
    await current.updateSettings({ theme: "dark" });
    await current.updateSettings({ flake: "path:/mine" });
    expect(told.map(({ event }) => event)).toEqual(["settings", "settings", "catalog"]);
  });

  it("start with defaults when their file is broken, but write no device before somebody saved them", async () => {
    const fake = ports(() => true);
    const broken = new FloppyError("SETTINGS_INVALID", "settings.json is broken.", "Save them anew.");
    fake.settings.load = () => Promise.reject(broken);
    const current = await createCurrent(fake, () => undefined);
    expect(current.settings()).toEqual(defaultSettings);
    expect(current.problems()).toMatchObject([{ code: "SETTINGS_INVALID" }]);
    expect(() => current.trustedSettings()).toThrow(broken);
    await current.updateSettings({ theme: "dark" });
    expect(current.problems()).toEqual([]);
    expect(current.trustedSettings()).toMatchObject({ theme: "dark" });
  });

  it("that hold one wrong field are in use but for writing, until that field is corrected, and every door hears of it", async () => {
    const fake = ports(() => true);
    const wrong = new FloppyError("SETTINGS_INVALID", "Wi-Fi passphrase: no ü.", "Correct it.");
    const loaded = (problem: FloppyError | null) => async () => ({ settings: fake.stored, problem });
    fake.settings = { load: loaded(wrong), save: loaded(wrong) };
    const told: Notification[] = [];
    const current = await createCurrent(fake, (one) => void told.push(one));
    expect(current.settings()).toEqual(fake.stored);
    expect(() => current.trustedSettings()).toThrow(wrong);
    await current.updateSettings({ theme: "dark" });
    expect(() => current.trustedSettings()).toThrow(wrong);
    fake.settings.save = loaded(null);
    await current.updateSettings({ wifi: null });
    expect(current.trustedSettings()).toEqual(fake.stored);
    const problems = told.filter(({ event }) => event === "problems").map(({ payload }) => payload);
    expect(problems).toMatchObject([[{ code: "SETTINGS_INVALID" }], []]);
  });

  it("keep a field that is not named", async () => {
    const fake = ports(() => true);
    const current = await createCurrent(fake, () => undefined);
    await current.updateSettings({ theme: "dark", benchName: undefined });
    expect(fake.stored).toMatchObject({ theme: "dark", benchName: "Bench 1" });
  });

  it("keep every change when several are made at once, and what another process saved", async () => {
    const fake = ports(() => true);
    const current = await createCurrent(fake, () => undefined);
    fake.stored = { ...fake.stored, authorizedKeys: ["ssh-ed25519 BBBB other"] };
    await Promise.all([
      current.updateSettings({ flake: "path:/mine" }),
      current.updateSettings({ benchName: "Bench 2" }),
      current.updateSettings({ theme: "dark" }),
    ]);
    expect(fake.stored).toEqual({
      ...fake.stored,
      flake: "path:/mine",
      benchName: "Bench 2",
      theme: "dark",
      authorizedKeys: ["ssh-ed25519 BBBB other"],
    });
    expect(current.settings()).toEqual(fake.stored);
  });

  it("go on with the flake that was chosen while the former one was still being read again", async () => {
    const fake = ports(() => true);
    const current = await createCurrent(fake, () => undefined);
    const { load } = fake.catalogs;
    const { promise: mayEnd, resolve } = Promise.withResolvers<void>();
    fake.catalogs.load = async (flake) => {
      if (flake === null) await mayEnd;
      return load(flake);
    };
    const reloading = current.reloadCatalog();
    await current.updateSettings({ flake: "path:/mine" });
    resolve();
    await reloading;
    await expect(current.loadedCatalog()).resolves.toMatchObject({ source: { flake: "path:/mine" } });
  });
});
