import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { fakeDrive } from "../../support/fake-ports.ts";
import { commandLine } from "./fake-world.ts";

describe("help and usage", () => {
  it("shows commands and exit codes, and opens nothing", async () => {
    const cli = commandLine();
    expect(await cli.run("--help")).toBe(0);
    for (const word of ["provision", "drives", "devices", "catalog", "practice", "Exit codes:"])
      expect(cli.written.stdout).toContain(word);
    expect(cli.opened).toEqual([]);
  });

  it("shows the version", async () => {
    const cli = commandLine();
    expect(await cli.run("--version")).toBe(0);
    expect(cli.written.stdout).toBe("1.2.3\n");
  });

  it("without a command shows the help and counts as wrong usage", async () => {
    const cli = commandLine();
    expect(await cli.run()).toBe(2);
    expect(cli.written.stderr).toContain("Usage: floppy");
  });

  it.each([
    ["an unknown command", ["fly"]],
    ["an unknown option", ["drives", "--fast"]],
    ["a missing argument", ["devices", "show"]],
    ["one argument too many", ["drives", "sdz"]],
  ])("refuses %s", async (_what, args) => {
    const cli = commandLine();
    expect(await cli.run(...args)).toBe(2);
    expect(cli.written.stderr).toMatch(/\n {2}Nothing was started\. --help/);
    expect(cli.opened).toEqual([]);
  });

  it("tells a machine of wrong usage as an object", async () => {
    const cli = commandLine();
    expect(await cli.run("drives", "--fast", "--json")).toBe(2);
    expect(cli.objects()).toMatchObject([{ event: "error", code: "INVALID_INPUT", exitCode: 2 }]);
  });
});

describe("floppy drives", () => {
  it("lists what may be written", async () => {
    const cli = commandLine();
    expect(await cli.run("drives")).toBe(0);
    expect(cli.written.stdout).toMatch(/1 +\/dev\/sdz +32 GB +SanDisk Ultra +4C530001/);
  });

  it("says so when there is none, and gives a machine an empty list", async () => {
    const cli = commandLine();
    cli.ports.plugged = [];
    await cli.run("drives");
    expect(cli.written.stdout).toBe("No drive is plugged in.\n");
    const machine = commandLine();
    machine.ports.plugged = [fakeDrive()];
    await machine.run("drives", "--json");
    expect(machine.objects()).toEqual([{ event: "result", drives: [fakeDrive()] }]);
  });
});

describe("floppy devices", () => {
  it("adds a device, lists it and shows it", async () => {
    const cli = commandLine();
    expect(await cli.run("devices", "list")).toBe(0);
    expect(cli.written.stdout).toContain("no device yet");
    expect(await cli.run("devices", "add", "floppy-rpi-00007", "--role", "robot")).toBe(0);
    expect(await cli.run("devices", "list")).toBe(0);
    expect(cli.written.stdout).toMatch(/FLOPPY-RPI-00007 +raspberry +robot +registered/);
    expect(await cli.run("devices", "show", "FLOPPY-RPI-00007")).toBe(0);
    expect(cli.written.stdout).toMatch(/Hostname +floppy-rpi-00007/);
  });

  it("removes a device after its number was typed, or with --yes", async () => {
    const cli = commandLine({ isTTY: true, answers: ["00008", "00007"] });
    await cli.run("devices", "add", "FLOPPY-RPI-00007");
    expect(await cli.run("devices", "remove", "FLOPPY-RPI-00007")).not.toBe(0);
    expect(await cli.ports.inventory.devices()).toHaveLength(1);
    expect(await cli.run("devices", "remove", "FLOPPY-RPI-00007")).toBe(0);
    expect(await cli.ports.inventory.devices()).toEqual([]);
    expect(cli.written.stdout).toContain("Removed FLOPPY-RPI-00007, with the history of its 0 runs.");

    const piped = commandLine();
    await piped.run("devices", "add", "FLOPPY-RPI-00007");
    expect(await piped.run("devices", "remove", "FLOPPY-RPI-00007")).toBe(2);
    expect(await piped.run("devices", "remove", "FLOPPY-RPI-00007", "--yes")).toBe(0);
    expect(await piped.ports.inventory.devices()).toEqual([]);
  });

  it("refuses an unknown device and a wrong serial", async () => {
    expect(await commandLine().run("devices", "show", "FLOPPY-RPI-99999")).toBe(4);
    expect(await commandLine().run("devices", "add", "toaster")).toBe(4);
  });
});

it("floppy catalog shows which hosts a role goes with, and where the catalog is from", async () => {
  const cli = commandLine();
  expect(await cli.run("catalog")).toBe(0);
  expect(cli.written.stdout).toMatch(/robot +Robot controller +headless +raspberry\n/);
  expect(cli.written.stdout).toMatch(/dev +Developer workstation +XFCE +dell, raspberry\n/);
  expect(cli.written.stdout).toContain("From bundled.");
});

describe("while the catalog of the flake in Settings cannot be read", () => {
  const blocked = () => {
    const cli = commandLine();
    cli.ports.stored = { ...cli.ports.stored, flake: "path:/mine" };
    cli.ports.catalogs.load = async () => {
      throw new FloppyError("CATALOG_UNREADABLE", "host 3 (pi): label is missing.", "Mend it.");
    };
    return cli;
  };

  it.each([
    ["catalog", ["catalog"]],
    ["devices add", ["devices", "add", "FLOPPY-RPI-00001"]],
    ["provision", ["provision", "FLOPPY-RPI-00001", "--role", "robot", "--drive", "/dev/sdz", "--yes"]],
    ["provision build-sd", ["provision", "build-sd", "--target", "raspberry-robot"]],
    ["practice", ["practice"]],
  ])("%s says what is wrong, and tells nothing of another's roles", async (_name, args) => {
    const cli = blocked();
    expect(await cli.run(...args)).toBe(9);
    expect(cli.written.stderr).toContain("host 3 (pi): label is missing.");
    expect(cli.written.stdout).toBe("");
    expect(await cli.ports.inventory.devices()).toEqual([]);
  });

  it("drives are listed all the same", async () => {
    const cli = blocked();
    expect(await cli.run("drives")).toBe(0);
  });
});

describe("what is known of a failure", () => {
  const failing = (thrown: unknown) => {
    const cli = commandLine();
    cli.ports.nix.build = () => Promise.reject(thrown);
    return cli;
  };
  const args = ["provision", "build-sd", "--target", "raspberry-robot"];
  const built = new FloppyError("NIX_BUILD_FAILED", "The build of x failed.", "Its last lines say why.", {
    log: ["compiling", "fatal: \u001b[31mno driver\u001b[0m"],
  });

  it("follows the hint, line for line", async () => {
    const cli = failing(built);
    expect(await cli.run(...args)).toBe(7);
    expect(cli.written.stderr).toBe(
      "Evaluating\nThe build of x failed.\n  Its last lines say why.\n    compiling\n    fatal: no driver\n",
    );
  });

  it("is what the run knows, where a run failed", async () => {
    const cli = failing(built);
    await cli.run("provision", "FLOPPY-RPI-00001", "--role", "robot", "--drive", "/dev/sdz", "--yes");
    expect(cli.written.stderr).toMatch(/\n {4}compiling\n {4}fatal: no driver\n$/);
  });

  it("follows what became of a batch", async () => {
    const cli = failing(built);
    const drives = ["--drive", "/dev/sdz", "--yes"];
    await cli.run("provision", "FLOPPY-RPI-00001", "--batch", "--role", "robot", ...drives);
    expect(cli.written.stderr).toMatch(/\n {4}compiling\n {4}fatal: no driver\n$/);
  });

  it("is all of it only where that is asked for", async () => {
    const cli = failing(new TypeError("x is no function"));
    expect(await cli.run(...args)).toBe(1);
    expect(cli.written.stderr).not.toContain(".ts:");
    expect(await cli.run(...args, "--verbose")).toBe(1);
    expect(cli.written.stderr).toMatch(/TypeError: x is no function\n +at .*commands\.test\.ts/);
  });

  it("is the place in settings that are broken", async () => {
    const cli = commandLine();
    const details = {
      file: "/data/settings.json",
      reason: "It is not JSON. The mistake is at line 3, column 5.",
    };
    const broken = new FloppyError("SETTINGS_INVALID", "/data/settings.json is broken.", "Mend it.", details);
    cli.ports.settings.load = () => Promise.reject(broken);
    expect(await cli.run(...args)).toBe(9);
    expect(cli.written.stderr).toContain("    reason: It is not JSON. The mistake is at line 3, column 5.");
  });
});
