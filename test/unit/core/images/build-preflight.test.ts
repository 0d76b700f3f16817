import { describe, expect, test } from "vitest";
import { assessPreflight, BUILD_BYTES, type PreflightFacts } from "#core/images/build-preflight.ts";

const facts: PreflightFacts = {
  version: "2.24.10",
  target: { state: "found", system: "x86_64-linux", derivation: "/nix/store/x.drv", built: false },
  fetching: null,
  machine: { system: "x86_64-linux", extraPlatforms: [], binfmtEntries: [], builders: "" },
  store: { path: "/nix/store", freeBytes: BUILD_BYTES },
  trust: null,
};

function failing(change: Partial<PreflightFacts>) {
  const { ready, checks } = assessPreflight({ ...facts, ...change });
  expect(ready).toBe(false);
  return checks.filter(({ ok }) => !ok);
}

describe("the preflight", () => {
  test("is ready where every check passes, and then has nothing to mend", () => {
    const { ready, checks } = assessPreflight(facts);
    expect(ready).toBe(true);
    expect(checks.map(({ fix }) => fix)).toEqual(checks.map(() => null));
  });

  test("does not ask for ability or space where the image is built already", () => {
    const { ready, checks } = assessPreflight({
      ...facts,
      target: { state: "found", system: "aarch64-linux", derivation: "/nix/store/x.drv", built: true },
      store: { path: "/nix/store", freeBytes: 0 },
    });
    expect([ready, checks.map(({ name }) => name)]).toEqual([true, ["Nix", "Target"]]);
  });

  test("tells how much space there is and how much it can need", () => {
    const [check] = failing({ store: { path: "/nix/store", freeBytes: 2 ** 30 } });
    expect(check).toMatchObject({
      name: "Disk",
      found: "1.00 GiB free in /nix/store.",
      fix: expect.stringContaining("6.00 GiB"),
    });
  });

  test("gives nix's words where the flake cannot be read", () => {
    const [check] = failing({ target: { state: "failed", message: "Nix failed: no network" } });
    expect(check).toMatchObject({ name: "Target", found: expect.stringContaining("no network") });
  });

  test("says what cannot be reached where the flake or a part of it is not here", () => {
    const address = "https://api.github.com/repos/NixOS/nixpkgs/tarball/50ab";
    const [check] = failing({
      target: { state: "unreachable", address, reason: "Couldn't resolve host name" },
    });
    expect(check).toMatchObject({
      name: "Target",
      found: expect.stringContaining(`${address} cannot be reached: Couldn't resolve host name.`),
      fix: expect.stringContaining("internet"),
    });
  });

  test("fails where sources are needed and no cache answers, and names the caches", () => {
    const silent = ["https://cache.nixos.org/", "https://cache.example.org"];
    const [check] = failing({ fetching: { sources: 312, paths: 0, silent } });
    expect(check).toMatchObject({
      name: "Packages",
      found:
        "312 sources would have to be downloaded, and no cache answers: https://cache.nixos.org/, https://cache.example.org.",
      fix: expect.stringMatching(/internet.*Settings.*image file/),
    });
  });

  test("says what is downloaded, and nothing where nothing is", () => {
    const wordsOf = (fetching: PreflightFacts["fetching"]) =>
      assessPreflight({ ...facts, fetching }).checks.find(({ name }) => name === "Packages")?.found;
    expect(wordsOf({ sources: 1, paths: 40, silent: [] })).toBe(
      "To be downloaded: 40 paths from a cache, 1 source.",
    );
    expect(wordsOf({ sources: 0, paths: 0, silent: [] })).toBeUndefined();
  });

  test("tells who is not trusted, and in which file that is mended", () => {
    const [check] = failing({ trust: { user: "jo", trusted: false } });
    expect(check).toMatchObject({
      name: "Trust",
      fix: expect.stringMatching(/trusted-users.*jo.*nix\.conf/),
    });
  });

  test("passes over a system that Floppy does not know", () => {
    const target = { ...facts.target, state: "found", system: "riscv64-linux" } as typeof facts.target;
    expect(assessPreflight({ ...facts, target }).checks.map(({ name }) => name)).toEqual([
      "Nix",
      "Target",
      "Disk",
    ]);
  });
});
