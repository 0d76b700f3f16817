import { hostname, userInfo } from "node:os";
import { expect, it } from "vitest";
import { readMachine } from "#adapters/machine.ts";

it("names this machine, its user and the nix that is there", async () => {
  const machine = await readMachine({ version: async () => "2.24.1" });
  expect(machine).toEqual({
    hostname: hostname(),
    user: userInfo().username,
    nix: { state: "present", version: "2.24.1" },
  });
});

it("is no failure without nix", async () => {
  expect((await readMachine({ version: async () => null })).nix).toEqual({ state: "missing" });
});
