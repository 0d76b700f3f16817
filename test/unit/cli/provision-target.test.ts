import { describe, expect, it } from "vitest";
import { fakePorts } from "../../support/fake-ports.ts";
import { fakeTarget } from "../../support/fake-target.ts";
import { commandLine, type TerminalOptions } from "./fake-world.ts";

const serial = "FLOPPY-DEL-00001";
const stick = ["provision", serial, "--role", "dev", "--drive", "/dev/sdz", "--yes"];
const samsung = ["--disk", "S65ANX0T418712"];
const address = ["--address", "192.168.1.47"];

/** The command with a laptop that answers to whatever run it is booted for. */
function benchWith(options: TerminalOptions = {}) {
  const target = fakeTarget();
  const ports = fakePorts({ remote: target.remote });
  const cli = commandLine({ ...options, ports });
  const { inventory } = cli.ports;
  const saveRun = inventory.saveRun;
  inventory.saveRun = (run) => {
    target.knows.runId = run.id;
    return saveRun(run);
  };
  return { cli, target };
}

const erased = (lines: string[]) => lines.some((line) => line.includes("wipefs"));

describe("floppy provision for a laptop", () => {
  it("in a pipe, writes the stick and installs onto the disk that is named and agreed to", async () => {
    const { cli } = benchWith();
    expect(await cli.run(...stick, ...samsung, ...address)).toBe(0);
    expect(cli.written.stdout).toContain(`${serial} is provisioned`);
    expect(cli.written.stderr).toContain("Everything on Samsung PM9A1 (512 GB");
    expect((await cli.ports.inventory.device(serial))?.status.state).toBe("provisioned");
  });

  it("in a pipe, opens nothing where the disk is not named", async () => {
    const { cli, target } = benchWith();
    expect(await cli.run(...stick, ...address)).toBe(2);
    expect(cli.written.stderr).toContain("--disk");
    expect(target.lines).toEqual([]);
  });

  it("asks at a terminal for the disk and for its serial's last four", async () => {
    const { cli } = benchWith({ isTTY: true, answers: ["1", "8712"] });
    expect(await cli.run(...stick, ...address)).toBe(0);
    expect(cli.questions[0]).toContain("cannot be chosen");
    expect(cli.questions[1]).toContain("8712, the last four of its serial");
  });

  it("erases nothing when another word was typed", async () => {
    const { cli, target } = benchWith({ isTTY: true, answers: ["1", "yes"] });
    expect(await cli.run(...stick, ...address)).toBe(3);
    expect(erased(target.lines)).toBe(false);
  });

  it("with --plan shows every command and stops before the first", async () => {
    const { cli, target } = benchWith();
    expect(await cli.run(...stick, ...samsung, ...address, "--plan")).toBe(0);
    expect(cli.written.stderr).toContain("sgdisk --zap-all");
    expect(erased(target.lines)).toBe(false);
    expect((await cli.ports.inventory.device(serial))?.status.state).toBe("awaited");
  });

  it("with --phases makes the stick alone, and says how to go on", async () => {
    const { cli, target } = benchWith();
    expect(await cli.run(...stick, "--phases", "image,write,verify")).toBe(0);
    expect(cli.written.stdout).toContain(`floppy follow ${serial}`);
    expect(target.lines).toEqual([]);
  });

  it("refuses phases that there are not", async () => {
    const { cli } = benchWith();
    expect(await cli.run(...stick, "--phases", "image,dance")).toBe(2);
    expect(cli.written.stderr).toContain("partition");
  });

  it("refuses a disk that the machine does not have", async () => {
    const { cli, target } = benchWith();
    expect(await cli.run(...stick, "--disk", "/dev/sdx", ...address)).toBe(2);
    expect(cli.written.stderr).toContain("/dev/nvme0n1");
    expect(erased(target.lines)).toBe(false);
  });
});

describe("floppy follow", () => {
  it("goes on behind the stick", async () => {
    const { cli } = benchWith();
    expect(await cli.run(...stick, "--phases", "image,write,verify")).toBe(0);
    expect(await cli.run("follow", serial, ...samsung, "--yes", ...address)).toBe(0);
    expect(cli.written.stdout).toContain(`${serial} is provisioned`);
  });

  it("says what to do where there is nothing to follow", async () => {
    const { cli } = benchWith();
    expect(await cli.run("devices", "add", serial)).toBe(0);
    expect(await cli.run("follow", serial)).toBe(1);
    expect(cli.written.stderr).toContain(`floppy provision ${serial}`);
  });
});

describe("floppy log", () => {
  it("has every command that was run, and no key", async () => {
    const { cli } = benchWith();
    await cli.run(...stick, ...samsung, ...address);
    cli.written.stdout = "";
    expect(await cli.run("log", serial)).toBe(0);
    expect(cli.written.stdout).toMatch(/partition +\$ .*\n/);
    expect(cli.written.stdout).toContain("nixos-install --root /mnt --system");
    expect(cli.written.stdout).not.toContain("PRIVATE");
  });
});
