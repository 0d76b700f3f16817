import { hostname, userInfo } from "node:os";
import { expect, it, vi } from "vitest";
import { createMachine } from "#adapters/machine.ts";

it("names this machine, its user and the nix that is there, for which it asks once", async () => {
  const version = vi.fn(async () => "2.24.1");
  const machine = createMachine({ version });
  const told = {
    hostname: hostname(),
    user: userInfo().username,
    nix: { state: "present", version: "2.24.1" },
  };
  expect(await machine()).toEqual(told);
  expect(await machine()).toEqual(told);
  expect(version).toHaveBeenCalledOnce();
});

it("is no failure without nix, which may be installed meanwhile", async () => {
  const versions = [null, "2.24.1"];
  const machine = createMachine({ version: async () => versions.shift() ?? null });
  expect((await machine()).nix).toEqual({ state: "missing" });
  expect((await machine()).nix).toEqual({ state: "present", version: "2.24.1" });
});
