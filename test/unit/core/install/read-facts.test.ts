import { describe, expect, it } from "vitest";
import { readFacts, whoAnswers } from "#core/install/read-facts.ts";

const bootId = "0d1c2b3a-0000-4000-8000-000000000000";
const answer = (files: Record<string, string>) =>
  Object.entries(files)
    .map(([name, text]) => `== ${name}\n${text}\n`)
    .join("");

const laptop = {
  "/proc/sys/kernel/random/boot_id": bootId,
  "/proc/meminfo": "MemTotal:       16252928 kB\nMemAvailable:   15000000 kB",
  "/proc/cpuinfo":
    "processor\t: 0\nmodel name\t: Intel Core i5\n\nprocessor\t: 1\nmodel name\t: Intel Core i5",
  "/sys/class/dmi/id/sys_vendor": "Dell Inc.",
  "/sys/class/dmi/id/product_name": "Latitude 5440",
  "/sys/class/power_supply/AC/online": "0",
  "/sys/class/power_supply/BAT0/capacity": "71",
  "/sys/firmware/efi/fw_platform_size": "64",
  "/etc/os-release": "NAME=NixOS\nVARIANT_ID=installer",
};

const read = (change: Record<string, string> = {}, clock = "1767225600\n", nowMs = 1767225600_000) =>
  readFacts({ files: whoAnswers(answer({ ...laptop, ...change })).files, clock, addresses: "[]", nowMs });

describe("who answers", () => {
  it("is the stick's live system where it says so", () => {
    expect(whoAnswers(answer(laptop)).who).toEqual({ bootId, live: true });
  });

  it("is no live system where it does not", () => {
    expect(whoAnswers(answer({ ...laptop, "/etc/os-release": "NAME=NixOS" })).who.live).toBe(false);
  });

  it("is the installed device where it answers a question that was not asked", () => {
    const own = {
      bootId,
      serial: null,
      runId: null,
      hostname: "x",
      system: "/nix/store/x",
      ok: true,
      problems: [],
    };
    expect(whoAnswers(JSON.stringify(own)).who).toEqual({ bootId, live: false });
  });

  it("is nobody where the answer makes no sense", () => {
    expect(() => whoAnswers("Welcome!\n")).toThrow();
  });
});

describe("the facts of a machine", () => {
  it("are what its kernel tells", () => {
    expect(read()).toMatchObject({
      product: "Dell Inc. Latitude 5440",
      processor: "Intel Core i5",
      cores: 2,
      memoryBytes: 16252928 * 1024,
      firmware: "uefi",
      power: { source: "battery", percent: 71 },
      clockOffsetSeconds: 0,
    });
  });

  it("tell of a machine in legacy mode", () => {
    expect(read({ "/sys/firmware/efi/fw_platform_size": "" }).firmware).toBe("bios");
  });

  it("tell of one on mains, with and without a battery", () => {
    expect(read({ "/sys/class/power_supply/AC/online": "1" }).power).toEqual({ source: "mains" });
    expect(read({ "/sys/class/power_supply/BAT0/capacity": "" }).power).toEqual({ source: "mains" });
  });

  it("tell how far its clock is off", () => {
    expect(read({}, "0\n").clockOffsetSeconds).toBe(-1767225600);
  });

  it("hold no more of a hostile word than fits a line", () => {
    const { product } = read({ "/sys/class/dmi/id/product_name": `\u001b]0;x\u0007${"y".repeat(10_000)}` });
    expect(product).toHaveLength(80);
    expect(product).not.toContain("\u001b");
  });

  it("stand without addresses where those make no sense", () => {
    expect(readFacts({ files: new Map(), clock: "x", addresses: "{", nowMs: 0 })).toMatchObject({
      addresses: [],
      memoryBytes: 0,
      product: null,
    });
  });
});
