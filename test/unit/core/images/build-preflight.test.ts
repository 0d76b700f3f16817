import { describe, expect, test } from "vitest";
import { assessPreflight, BUILD_BYTES, type PreflightFacts } from "#core/images/build-preflight.ts";

const facts: PreflightFacts = {
  version: "2.24.10",
  target: { state: "found", system: "x86_64-linux", built: false },
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
      target: { state: "found", system: "aarch64-linux", built: true },
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

  test("tells who is not trusted, and in which file that is mended", () => {
    const [check] = failing({ trust: { user: "jo", trusted: false } });
    expect(check).toMatchObject({
      name: "Trust",
      fix: expect.stringMatching(/trusted-users.*jo.*nix\.conf/),
    });
  });

  test("passes over a system that Floppy does not know", () => {
    const target = { state: "found", system: "riscv64-linux", built: false } as const;
    expect(assessPreflight({ ...facts, target }).checks.map(({ name }) => name)).toEqual([
      "Nix",
      "Target",
      "Disk",
    ]);
  });
});
