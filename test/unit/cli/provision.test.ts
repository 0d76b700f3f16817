import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { endlessWriter, fakeDrive, fakeInspection, obedientWriter } from "../../support/fake-ports.ts";
import { foundManifest } from "../../support/renderer/bench-data.ts";
import { foreignRun } from "../../support/runs.ts";
import { commandLine } from "./fake-world.ts";

const serial = "FLOPPY-RPI-00001";
const job = ["provision", serial, "--role", "robot"];

/** A writer slow enough for its progress to be told. */
const steadyWriter: typeof obedientWriter = {
  ...obedientWriter,
  async flash(job, writable, observe, signal) {
    const { sizeBytes } = job.image;
    const progress = { position: sizeBytes / 4, sizeBytes, speed: 25e6, averageSpeed: 25e6, etaSeconds: 1 };
    observe.progress("write", progress);
    await new Promise(setImmediate);
    return obedientWriter.flash(job, writable, observe, signal);
  },
};

/** A writer that may not be asked to write. */
const idleWriter = {
  ...obedientWriter,
  flash: () => Promise.reject(new Error("something was written")),
};

describe("floppy provision", () => {
  it("in a pipe, writes the drive that is named and agreed to", async () => {
    const cli = commandLine({ ports: { writer: steadyWriter } });
    expect(await cli.run(...job, "--drive", "/dev/sdz", "--yes")).toBe(0);
    expect(cli.written.stdout).toContain(`SanDisk Ultra is now ${serial}, raspberry-robot`);
    expect(cli.written.stderr).toContain("Everything on SanDisk Ultra");
    expect(cli.written.stderr).toMatch(/Writing: 25 %.*\n/);
    expect((await cli.ports.inventory.device(serial))?.status.state).toBe("flashed");
    expect(cli.closed()).toBe(1);
  });

  it.each([
    ["neither", []],
    ["no drive", ["--yes"]],
    ["no yes", ["--drive", "/dev/sdz"]],
  ])("in a pipe, with %s, asks nobody and writes nothing", async (_what, options) => {
    const cli = commandLine({ ports: { writer: idleWriter } });
    expect(await cli.run(...job, ...options)).toBe(2);
    expect(cli.written.stderr).toContain("--drive");
  });

  it("in a pipe, tells of a serial that is none before it asks for a drive", async () => {
    const cli = commandLine({ ports: { writer: idleWriter } });
    await cli.run("provision", "RPI-1", "--role", "robot");
    expect(cli.written.stderr).toContain("RPI-1");
    expect(cli.written.stderr).not.toContain("--drive");
  });

  it("at a terminal, asks for no drive where the device or the drive is another run's", async () => {
    const busyDevice = commandLine({ isTTY: true, ports: { writer: idleWriter } });
    const foreign = await foreignRun(busyDevice.ports);
    busyDevice.ports.inventory.owners.set(foreign.id, "other");
    await busyDevice.run(...job);
    expect(busyDevice.questions).toEqual([]);
    expect(busyDevice.written.stderr).toContain("being provisioned right now");

    const busyDrive = commandLine({ isTTY: true, answers: ["1"], ports: { writer: idleWriter } });
    busyDrive.ports.inventory.owners.set((await foreignRun(busyDrive.ports)).id, "other");
    await busyDrive.run("provision", "FLOPPY-RPI-00002", "--role", "robot");
    expect(busyDrive.questions).toHaveLength(1);
    expect(busyDrive.written.stderr).toContain(`taken: it is being written for ${serial}`);
  });

  it("with --json asks nobody, even at a terminal", async () => {
    const cli = commandLine({ isTTY: true, ports: { writer: idleWriter } });
    expect(await cli.run(...job, "--json")).toBe(2);
    expect(cli.questions).toEqual([]);
    expect(cli.objects()).toMatchObject([{ event: "error", code: "INVALID_INPUT", exitCode: 2 }]);
  });

  it("at a terminal, asks for the drive and then for the last four of its serial", async () => {
    const cli = commandLine({ isTTY: true, answers: ["1", "0001"] });
    expect(await cli.run(...job)).toBe(0);
    expect(cli.questions).toHaveLength(2);
    expect(cli.questions[0]).toContain("/dev/sdz");
    expect(cli.questions[1]).toContain("will be erased");
  });

  it("at a terminal, asks for the serial even if --yes was given without a drive", async () => {
    const cli = commandLine({ isTTY: true, answers: ["1", "no"], ports: { writer: idleWriter } });
    expect(await cli.run(...job, "--yes")).toBe(3);
    expect(cli.questions).toHaveLength(2);
  });

  it.each(["", "0", "2", "-1", "1.0", "sdz", "1 2"])(
    "at a terminal, takes %j for no drive",
    async (answer) => {
      const cli = commandLine({ isTTY: true, answers: [answer], ports: { writer: idleWriter } });
      expect(await cli.run(...job)).toBe(3);
      expect(cli.written.stderr).toContain("No drive was chosen");
    },
  );

  it.each(["", "y", "yes", "erase", "1000"])("at a terminal, takes %j for no agreement", async (answer) => {
    const cli = commandLine({ isTTY: true, answers: [answer], ports: { writer: idleWriter } });
    expect(await cli.run(...job, "--drive", "/dev/sdz")).toBe(3);
    expect(cli.written.stderr).toContain("Nothing was written");
  });

  it.each([
    ["no serial", ["provision", "RPI-1", "--role", "robot"], 4],
    ["an unknown role", ["provision", serial, "--role", "pirate"], 4],
    ["a role that the host cannot take", ["provision", "FLOPPY-DEL-00001", "--role", "robot"], 4],
    ["no role at all", ["provision", serial], 2],
  ])("refuses %s before it asks for a drive", async (_what, args, code) => {
    const cli = commandLine({ isTTY: true, ports: { writer: idleWriter } });
    expect(await cli.run(...args)).toBe(code);
    expect(cli.questions).toEqual([]);
    expect(await cli.ports.inventory.devices()).toEqual([]);
  });

  it("takes the role that the device has already", async () => {
    const cli = commandLine();
    await cli.run("devices", "add", serial, "--role", "dev");
    expect(await cli.run("provision", serial, "--drive", "/dev/sdz", "--yes")).toBe(0);
    expect(cli.written.stdout).toContain("raspberry-dev");
  });

  it("refuses a read-only drive and one that is not there", async () => {
    const cli = commandLine({ ports: { writer: idleWriter } });
    cli.ports.plugged = [fakeDrive({ readOnly: true })];
    expect(await cli.run(...job, "--drive", "/dev/sdz", "--yes")).toBe(5);
    expect(await cli.run(...job, "--drive", "/dev/sda", "--yes")).toBe(5);
  });

  it("does not even ask to erase a read-only drive", async () => {
    const cli = commandLine({ isTTY: true, ports: { writer: idleWriter } });
    cli.ports.plugged = [fakeDrive({ readOnly: true })];
    expect(await cli.run(...job, "--drive", "/dev/sdz")).toBe(5);
    expect(cli.questions).toEqual([]);
  });

  it("tells a machine of each phase and ends with the run", async () => {
    const cli = commandLine();
    expect(await cli.run(...job, "--drive", "/dev/sdz", "--yes", "--json")).toBe(0);
    const told = cli.objects();
    const done = told.filter(({ event }) => event === "done").map(({ stage }) => stage);
    expect(done).toEqual(["image", "write", "verify"]);
    expect(told.at(-1)).toMatchObject({ event: "result", run: { serial, status: { state: "done" } } });
    expect(cli.written.stderr).toBe("");
  });

  it("ends with the reason when the writer fails", async () => {
    const failing = new FloppyError("DRIVE_VERIFY_FAILED", "The card lost bytes.", "Throw it away.");
    const writer = { ...obedientWriter, flash: () => Promise.reject(failing) };
    const cli = commandLine({ ports: { writer } });
    expect(await cli.run(...job, "--drive", "/dev/sdz", "--yes")).toBe(5);
    expect(cli.written.stderr).toMatch(/The card lost bytes\.\n {2}Throw it away\.\n$/);
    expect(cli.written.stderr.match(/The card lost bytes/g)).toHaveLength(1);
  });

  it("on Ctrl-C cancels the run, waits for its end and says so", async () => {
    const abort = new AbortController();
    const writer = endlessWriter();
    const cli = commandLine({ signal: abort.signal, ports: { writer } });
    const ended = cli.run(...job, "--drive", "/dev/sdz", "--yes");
    await writer.begun;
    abort.abort();
    expect(await ended).toBe(3);
    expect((await cli.ports.inventory.runsOf(serial))[0]?.status.state).toBe("cancelled");
    expect(cli.closed()).toBe(1);
  });

  it("starts nothing when Ctrl-C came first", async () => {
    const cli = commandLine({ signal: AbortSignal.abort(), ports: { writer: idleWriter } });
    expect(await cli.run(...job, "--drive", "/dev/sdz", "--yes")).toBe(3);
    expect(await cli.ports.inventory.devices()).toEqual([]);
  });
});

describe("floppy provision --image download", () => {
  function benchWithManifest() {
    const cli = commandLine();
    const manifest = { url: foundManifest.url, publicKey: null };
    cli.ports.stored = { ...cli.ports.stored, manifest };
    cli.ports.downloads.manifest = async () => foundManifest;
    cli.ports.writer = {
      ...obedientWriter,
      inspect: async (path) => fakeInspection({ path, sha256: path.split("/").at(-1) ?? "" }),
    };
    return cli;
  }
  const order = ["--image", "download", "--drive", "/dev/sdz", "--yes"];

  it("writes the image that the manifest names for the target", async () => {
    const cli = benchWithManifest();
    expect(await cli.run("provision", serial, "--role", "robot", ...order)).toBe(0);
    const [run] = await cli.ports.inventory.runsOf(serial);
    expect(run?.image?.provenance).toMatchObject({ source: "manifest", manifest: foundManifest.url });
  });

  it("refuses before it asks for a drive where the manifest names none, or none is set", async () => {
    const cli = benchWithManifest();
    expect(await cli.run("provision", serial, "--role", "dev", ...order)).toBe(6);
    expect(cli.written.stderr).toContain("names no image for raspberry-dev");
    const without = commandLine();
    expect(await without.run("provision", serial, "--role", "robot", ...order)).toBe(6);
    expect(without.written.stderr).toContain("No image manifest is set in Settings");
  });

  it("is told of by `floppy images`", async () => {
    const cli = benchWithManifest();
    expect(await cli.run("images")).toBe(0);
    expect(cli.written.stdout).toMatch(/raspberry-robot +870 MiB +4f1c08aa19de +3f2a91c07d15 +no/);
    expect(cli.written.stdout).toContain("Signed by the key in Settings");
    const without = commandLine();
    await without.run("images");
    expect(without.written.stdout).toBe("No image manifest is set in Settings.\n");
  });
});

describe("floppy provision flash", () => {
  const flash = ["provision", "flash", "--image", "/images/card.img"];

  it("writes the image as it is and leaves the inventory alone", async () => {
    const jobs: unknown[] = [];
    const writer: typeof obedientWriter = {
      ...obedientWriter,
      flash: (given, ...rest) => {
        jobs.push(given.files);
        return obedientWriter.flash(given, ...rest);
      },
    };
    const cli = commandLine({ ports: { writer } });
    expect(await cli.run(...flash, "--drive", "/dev/sdz", "--yes")).toBe(0);
    expect(jobs).toEqual([[]]);
    expect(await cli.ports.inventory.devices()).toEqual([]);
    expect(cli.written.stderr).toContain("Verify: read back the same");
  });

  it.each([
    ["the drive", [...flash, "--yes"]],
    ["the yes", [...flash, "--drive", "/dev/sdz"]],
    ["the image", ["provision", "flash", "--drive", "/dev/sdz", "--yes"]],
  ])("in a pipe, wants %s", async (_what, args) => {
    const cli = commandLine({ ports: { writer: idleWriter } });
    expect(await cli.run(...args)).toBe(2);
    expect(cli.opened).toEqual([]);
  });

  it("writes what holds no partition table and no file system only where somebody says so", async () => {
    const text = () => ({
      ...obedientWriter,
      inspect: async (path: string) => fakeInspection({ path, firmware: null, unrecognised: true }),
    });
    const to = ["--drive", "/dev/sdz", "--yes"];
    const piped = commandLine({ ports: { writer: { ...text(), flash: idleWriter.flash } } });
    expect(await piped.run(...flash, ...to)).not.toBe(0);
    expect(piped.written.stderr).toContain("neither a partition table nor a file system");
    expect(piped.written.stderr).toContain("--anyway");
    const person = commandLine({
      isTTY: true,
      answers: ["yes"],
      ports: { writer: { ...text(), flash: idleWriter.flash } },
    });
    expect(await person.run(...flash, ...to)).not.toBe(0);
    for (const { answers, more } of [
      { answers: ["anyway"], more: [] },
      { answers: [], more: ["--anyway"] },
    ]) {
      const agreed = commandLine({ isTTY: true, answers, ports: { writer: text() } });
      expect(await agreed.run(...flash, ...to, ...more)).toBe(0);
      expect(agreed.written.stderr + agreed.questions.join()).toContain("may be no image at all");
    }
  });

  it("refuses an image larger than the drive", async () => {
    const cli = commandLine({ ports: { writer: idleWriter } });
    cli.ports.plugged = [fakeDrive({ identity: { ...fakeDrive().identity, sizeBytes: 1024 ** 2 } })];
    expect(await cli.run(...flash, "--drive", "/dev/sdz", "--yes")).not.toBe(0);
  });
});

describe("floppy provision build-sd", () => {
  it("prints the path of the image, and nothing else, on stdout", async () => {
    const cli = commandLine();
    expect(await cli.run("provision", "build-sd", "--target", "raspberry-robot")).toBe(0);
    expect(cli.written.stdout).toBe("/nix/store/x-image/sd-image/card.img\n");
  });

  it("refuses a target that is not in the catalog", async () => {
    expect(await commandLine().run("provision", "build-sd", "--target", "toaster-robot")).toBe(7);
  });
});
