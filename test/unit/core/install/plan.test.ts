import { describe, expect, it } from "vitest";
import { makePlan, refuseTooLarge, refuseUnsuited } from "#core/install/plan.ts";
import { refusal } from "../../../support/runs.ts";
import { archive, facts, flakeLayout, samsung, stick } from "./machine.ts";

const machine = { facts, layout: flakeLayout, target: "dell-dev" };

describe("a plan", () => {
  it("names every command of every phase that writes, before any is run", () => {
    const { commands } = makePlan(machine, samsung.key, "here");
    expect([...new Set(commands.map(({ phase }) => phase))]).toEqual([
      "partition",
      "mount",
      "configure",
      "install",
      "reboot",
    ]);
    expect(commands.at(-1)?.command).toContain("reboot");
  });

  it("installs as the flake's page says where the machine builds for itself", () => {
    const { commands } = makePlan(machine, samsung.key, "target");
    expect(commands.map(({ command }) => command)).toContain(
      "nixos-install --root /mnt --flake '/mnt/etc/floppy/nixos#dell-dev' --no-root-passwd --no-channel-copy --option allow-import-from-derivation false --option accept-flake-config false",
    );
  });

  it.each([
    ["a disk that cannot be chosen", stick.key, facts],
    [
      "a second disk with partitions of the same names",
      samsung.key,
      {
        ...facts,
        disks: [
          samsung,
          {
            ...archive,
            volumes: [{ ...archive.volumes[0], label: "floppy-root" }] as typeof archive.volumes,
          },
        ],
      },
    ],
    ["legacy firmware", samsung.key, { ...facts, firmware: "bios" as const }],
    ["too little memory", samsung.key, { ...facts, memoryBytes: 512 * 1024 ** 2 }],
  ])("is not made for %s", (_what, key, found) => {
    expect(() => makePlan({ ...machine, facts: found }, key, "here")).toThrow(refusal("TARGET_UNSUITED"));
  });

  it("is not made for a disk that the machine does not have", () => {
    expect(() => makePlan(machine, "another", "here")).toThrow(refusal("INVALID_INPUT"));
  });

  it("asks more memory of a machine that builds", () => {
    const small = { ...facts, memoryBytes: 2 * 1024 ** 3 };
    expect(() => refuseUnsuited(small, "here")).not.toThrow();
    expect(() => refuseUnsuited(small, "target")).toThrow(refusal("TARGET_UNSUITED"));
  });

  it("does not hold for a system that is larger than the disk", () => {
    const plan = makePlan(machine, samsung.key, "here");
    expect(() => refuseTooLarge(plan, 10e9)).not.toThrow();
    expect(() => refuseTooLarge(plan, 500e9)).toThrow(refusal("TARGET_UNSUITED"));
  });
});
