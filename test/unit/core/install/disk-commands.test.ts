import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { mountCommands, partitionCommands, plannedMounts } from "#core/install/disk-commands.ts";
import { flakeLayout, samsung } from "./machine.ts";

const commands = [...partitionCommands(flakeLayout, samsung), ...mountCommands(flakeLayout, samsung)];
const [erase] = commands;

describe("the commands that lay a disk out", () => {
  it("look at name, size and serial in the very command that erases", () => {
    const text = erase?.command ?? "";
    const wipe = text.indexOf("wipefs");
    for (const check of ["nvme-Samsung_PM9A1_S65ANX0T418712", "512110190592", "S65ANX0T418712 ]"]) {
      expect(text.indexOf(check)).toBeGreaterThan(-1);
      expect(text.indexOf(check)).toBeLessThan(wipe);
    }
  });

  it("name the disk by what stays with it, and never by the kernel's name", () => {
    for (const { command } of commands) expect(command).not.toContain("nvme0n1");
  });

  it("make a GPT with the layout's partitions, types and names", () => {
    expect(erase?.command).toContain("--new=1:0:+512M");
    expect(erase?.command).toContain("--typecode=1:c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    expect(erase?.command).toContain("--new=2:0:0");
    expect(erase?.command).toContain("--change-name=2:floppy-root");
  });

  it("let nothing old sign a partition that they format", () => {
    const formats = commands.filter(({ purpose }) => purpose.startsWith("Format"));
    expect(formats).toHaveLength(flakeLayout.partitions.length);
    for (const { command } of formats) {
      const [wipe = "", make = ""] = command.split("\n");
      const device = /\S+$/.exec(make)?.[0];
      expect(wipe).toBe(`wipefs --all --quiet --force ${device}`);
    }
  });

  it("mount parents before what lies below them, every subvolume with the layout's options", () => {
    expect(plannedMounts(flakeLayout, samsung).map(({ at }) => at)).toEqual([
      "/mnt",
      "/mnt/boot",
      "/mnt/home",
      "/mnt/nix",
      "/mnt/.snapshots",
      "/mnt/var/log",
    ]);
    const text = commands.map(({ command }) => command).join("\n");
    for (const name of ["@", "@home", "@nix", "@log", "@snapshots"])
      expect(text).toContain(`subvol=${name},compress=zstd,noatime`);
  });

  it("are a shell's, without a mistake", () => {
    for (const { command } of commands) {
      const { status, stderr } = spawnSync("sh", ["-n", "-c", command], { encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
    }
  });

  it("quote a serial whatever is in it", () => {
    const hostile = { ...samsung, identity: { ...samsung.identity, serial: "'$(touch /tmp/x)" } };
    const [command] = partitionCommands(flakeLayout, hostile);
    expect(command?.command).toContain(`''\\''$(touch /tmp/x)'`);
  });
});
