import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { parseNumbers } from "../../../src-main/cli/choose-drives.ts";
import { endlessWriter, fakeDrive, obedientWriter } from "../../support/fake-ports.ts";
import { commandLine } from "./fake-world.ts";

const first = "FLOPPY-RPI-00001";
const job = ["provision", first, "--role", "robot", "--batch"];
const port = (number: number) => `pci-0000:00:14.0-usb-0:4.${number}:1.0-scsi-0:0:0:0`;

function card(number: number) {
  const { identity } = fakeDrive();
  return fakeDrive({
    key: `card-${number}`,
    name: `Card ${number}`,
    port: port(number),
    identity: { ...identity, path: `/dev/sd${number}`, serial: `SERIAL${number}`, byId: null },
  });
}

/** The command at a bench with three cards, plugged in from the last port to the first. */
function batchLine(options: Parameters<typeof commandLine>[0] = {}) {
  const cli = commandLine(options);
  cli.ports.plugged = [card(3), card(2), card(1)];
  const statusOf = async (number: number) =>
    (await cli.ports.inventory.device(`FLOPPY-RPI-0000${number}`))?.status.state;
  return { ...cli, statusOf };
}

const named = (...numbers: number[]) => numbers.flatMap((number) => ["--drive", `/dev/sd${number}`]);

/** A writer that loses one of the cards. */
function losing(path: string): typeof obedientWriter {
  const lost = new FloppyError("DRIVE_IO", "The card stopped accepting data.", "Take another card.");
  return {
    ...obedientWriter,
    flashMany: (source, orders) =>
      obedientWriter
        .flashMany(source, orders)
        .map((result, index) => (orders[index]?.drive.path === path ? Promise.reject(lost) : result)),
  };
}

const idleWriter = {
  ...obedientWriter,
  flashMany: () => {
    throw new Error("something was written");
  },
};

describe("floppy provision --batch", () => {
  it("in a pipe, gives the serials out in the order of the drives that are named", async () => {
    const cli = batchLine();
    expect(await cli.run(...job, ...named(2, 1), "--yes")).toBe(0);
    expect(cli.written.stdout).toMatch(/^FLOPPY-RPI-00001 +\/dev\/sd2 +USB 4\.2 +Verified$/m);
    expect(cli.written.stdout).toMatch(/^FLOPPY-RPI-00002 +\/dev\/sd1 +USB 4\.1 +Verified$/m);
    expect(await Promise.all([cli.statusOf(1), cli.statusOf(2)])).toEqual(["flashed", "flashed"]);
    expect(cli.closed()).toBe(1);
  });

  it("passes over devices that have a card already", async () => {
    const cli = batchLine();
    expect(await cli.run("provision", first, "--role", "robot", ...named(1), "--yes")).toBe(0);
    expect(await cli.run(...job, ...named(2, 3), "--yes")).toBe(0);
    expect(cli.written.stdout).toMatch(/^FLOPPY-RPI-00002 +\/dev\/sd2/m);
    expect(cli.written.stdout).toMatch(/^FLOPPY-RPI-00003 +\/dev\/sd3/m);
  });

  it("tells of each card how far it is, and of the image once", async () => {
    const cli = batchLine();
    await cli.run(...job, ...named(1, 2), "--yes");
    expect(cli.written.stderr.match(/^All: Evaluating/gm)).toHaveLength(1);
    for (const serial of [first, "FLOPPY-RPI-00002"])
      expect(cli.written.stderr).toMatch(new RegExp(`^${serial}: Verified$`, "m"));
  });

  it("at a terminal, draws a line for each card over and over", async () => {
    const cli = batchLine({ isTTY: true, columns: 60 });
    await cli.run(...job, ...named(1, 2), "--yes");
    const lines = cli.written.stderr.split("\n");
    expect(lines.some((line) => line.includes("\x1b[2A"))).toBe(true);
    const drawn = lines
      .flatMap((line) => line.split("\x1b[2K").slice(1))
      .filter((line) => /USB 4/.test(line));
    expect(drawn.filter((line) => line.length >= 60)).toEqual([]);
    expect(drawn.slice(-2)).toEqual([
      "FLOPPY-RPI-00001  USB 4.1  Verified",
      "FLOPPY-RPI-00002  USB 4.2  Verified",
    ]);
  });

  it("at a terminal, asks which drives, in the order of their ports, and once to erase them all", async () => {
    const cli = batchLine({ isTTY: true, answers: ["1-2", "ERASE  2"] });
    expect(await cli.run(...job)).toBe(0);
    expect(cli.questions).toHaveLength(2);
    expect(cli.questions[0]).toMatch(/1 +\/dev\/sd1.*\n2 +\/dev\/sd2.*\n3 +\/dev\/sd3/);
    expect(cli.questions[1]).toMatch(/FLOPPY-RPI-00001 +\/dev\/sd1 +USB 4\.1/);
    expect(cli.questions[1]).toContain("Everything on these 2 drives will be erased");
    expect(cli.written.stdout).toMatch(/FLOPPY-RPI-00002 +\/dev\/sd2/);
  });

  it.each(["", "y", "erase", "erase 3", "0001"])("takes %j for no agreement to erase two", async (answer) => {
    const cli = batchLine({ isTTY: true, answers: ["1 2", answer], ports: { writer: idleWriter } });
    expect(await cli.run(...job)).toBe(3);
    expect(cli.written.stderr).toContain("Nothing was written");
    expect(await cli.ports.inventory.devices()).toEqual([]);
  });

  it.each([
    ["nobody to ask and no drive", [], 2],
    ["nobody to ask and no yes", named(1), 2],
    ["a drive that is not there", [...named(1), "--drive", "/dev/sda", "--yes"], 5],
    ["a drive twice", [...named(1, 1), "--yes"], 2],
  ])("with %s writes nothing", async (_what, args, code) => {
    const cli = batchLine({ ports: { writer: idleWriter } });
    expect(await cli.run(...job, ...args)).toBe(code);
    expect(await cli.ports.inventory.devices()).toEqual([]);
  });

  it("offers no batch for laptops, and no second drive for one device", async () => {
    const cli = batchLine({ ports: { writer: idleWriter } });
    const laptop = ["provision", "FLOPPY-DEL-00001", "--role", "dev", "--batch"];
    expect(await cli.run(...laptop, ...named(1, 2), "--yes")).toBe(2);
    expect(cli.written.stderr).toContain("Only cards");
    expect(await cli.run("provision", first, "--role", "robot", ...named(1, 2), "--yes")).toBe(2);
    expect(cli.written.stderr).toContain("--batch");
  });

  it("ends with the reason of the card that failed, and has the others", async () => {
    const cli = batchLine({ ports: { writer: losing("/dev/sd2") } });
    expect(await cli.run(...job, ...named(1, 2, 3), "--yes")).toBe(5);
    expect(await Promise.all([1, 2, 3].map(cli.statusOf))).toEqual(["flashed", "failed", "flashed"]);
    expect(cli.written.stdout).toMatch(/^FLOPPY-RPI-00002 .* Failed +The card stopped accepting data\.$/m);
    expect(cli.written.stdout).toContain("Take another card.");
    expect(cli.written.stderr).toContain("1 of 3 cards is not ready: FLOPPY-RPI-00002.");
  });

  it("tells a machine of each card by its serial, and ends with all runs, then with what failed", async () => {
    const cli = batchLine({ ports: { writer: losing("/dev/sd2") } });
    expect(await cli.run(...job, ...named(1, 2), "--yes", "--json")).toBe(5);
    const told = cli.objects();
    const done = told.filter(({ event }) => event === "done");
    expect(done.filter(({ serial }) => serial === first).map(({ stage }) => stage)).toEqual([
      "image",
      "write",
      "verify",
    ]);
    expect(told.at(-2)).toMatchObject({
      event: "result",
      runs: [
        { serial: first, status: { state: "done" } },
        { serial: "FLOPPY-RPI-00002", status: { state: "failed" } },
      ],
    });
    expect(told.at(-1)).toMatchObject({ event: "error", code: "DRIVE_IO", exitCode: 5 });
    expect(cli.written.stderr).toBe("");
  });

  it("on Ctrl-C cancels all runs, waits for their end and says so", async () => {
    const abort = new AbortController();
    const writer = endlessWriter();
    const cli = batchLine({ signal: abort.signal, ports: { writer } });
    const ended = cli.run(...job, ...named(1, 2), "--yes");
    await writer.begun;
    abort.abort();
    expect(await ended).toBe(3);
    expect(cli.written.stdout.match(/Cancelled/g)).toHaveLength(2);
    const states = (await cli.ports.inventory.openRuns()).map(({ run }) => run.status.state);
    expect(states).toEqual(["cancelled", "cancelled"]);
  });

  it("starts nothing when Ctrl-C came first", async () => {
    const cli = batchLine({ signal: AbortSignal.abort(), ports: { writer: idleWriter } });
    expect(await cli.run(...job, ...named(1, 2), "--yes")).toBe(3);
    expect(await cli.ports.inventory.devices()).toEqual([]);
  });
});

describe("the numbers of drives", () => {
  const drives = [card(1), card(2), card(3)];
  const chosen = (text: string) =>
    parseNumbers(text, drives)
      ?.map(({ name }) => name.slice(-1))
      .join("") ?? null;

  it.each([
    ["2", "2"],
    ["3 1", "31"],
    ["1,3", "13"],
    ["2-3", "23"],
    [" 1-2, 2 ", "12"],
    ["ALL", "123"],
  ])("%j are %s", (text, expected) => {
    expect(chosen(text)).toBe(expected);
  });

  it.each(["", "0", "4", "1-4", "3-1", "-1", "1.0", "sdz", "1 x", "all 1", "9999999999-99999999999"])(
    "%j are none",
    (text) => {
      expect(chosen(text)).toBeNull();
    },
  );
});
