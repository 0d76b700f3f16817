import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { obedientWriter } from "../../support/fake-ports.ts";
import { commandLine } from "./fake-world.ts";

describe("floppy drives test", () => {
  it("looks quickly without being agreed to, for it erases nothing", async () => {
    const cli = commandLine();
    expect(await cli.run("drives", "test", "/dev/sdz")).toBe(0);
    expect(cli.written.stdout).toMatch(/holds what it says.*as it was/);
    expect(cli.questions).toEqual([]);
  });

  it.each([["--full"], ["--full", "--json"]])(
    "%s asks for a yes before anything is opened",
    async (...options) => {
      const cli = commandLine();
      expect(await cli.run("drives", "test", "/dev/sdz", ...options)).toBe(2);
      expect(cli.opened).toEqual([]);
    },
  );

  it("--full takes the typed word of a person", async () => {
    const cli = commandLine({ isTTY: true, answers: ["0001"] });
    expect(await cli.run("drives", "test", "4C530001", "--full")).toBe(0);
    expect(cli.questions[0]).toMatch(/will be erased/);
    expect(cli.written.stdout).toMatch(/is sound.*\nWrites 24 MiB\/s, at its slowest 19 MiB\/s/);
    const other = commandLine({ isTTY: true, answers: ["yes"] });
    expect(await other.run("drives", "test", "4C530001", "--full")).toBe(3);
  });

  it("ends with the code of a bad drive, and tells a machine what is wrong", async () => {
    const error = new FloppyError("DRIVE_FAKE", "It holds 8 GB.", "Throw it away.", { holdsBytes: 8e9 });
    const writer = { ...obedientWriter, test: () => Promise.reject(error) };
    const cli = commandLine({ ports: { writer } });
    expect(await cli.run("drives", "test", "/dev/sdz", "--json")).toBe(5);
    expect(cli.objects().at(-1)).toMatchObject({
      event: "error",
      code: "DRIVE_FAKE",
      exitCode: 5,
      details: { holdsBytes: 8e9 },
    });
  });
});

describe("floppy drives save", () => {
  it("names the file and its hash, and shows how far it is", async () => {
    const save: typeof obedientWriter.save = async (...all) => {
      const saved = await obedientWriter.save(...all);
      // Slow enough for its progress to be told.
      await new Promise(setImmediate);
      return saved;
    };
    const cli = commandLine({ ports: { writer: { ...obedientWriter, save } } });
    expect(await cli.run("drives", "save", "/dev/sdz", "/images/card.img.zst", "--used", "--json")).toBe(0);
    expect(cli.objects()).toContainEqual(expect.objectContaining({ event: "progress", stage: "save" }));
    expect(cli.objects().at(-1)).toMatchObject({
      event: "result",
      saved: { path: "/images/card.img.zst", part: "used", sha256: "b".repeat(64) },
    });
  });

  const taken = new FloppyError("FILE_EXISTS", "/images/card.img is there already.", "It was not touched.");
  const unlessReplaced: typeof obedientWriter.save = (job, ...more) =>
    job.replace ? obedientWriter.save(job, ...more) : Promise.reject(taken);
  const writer = { ...obedientWriter, save: unlessReplaced };

  it("replaces a file when a person types so, or with --force, and says who can read it", async () => {
    const asked = commandLine({ isTTY: true, answers: ["replace"], ports: { writer } });
    expect(await asked.run("drives", "save", "/dev/sdz", "/images/card.img")).toBe(0);
    expect(asked.questions).toEqual([expect.stringContaining("/images/card.img is there already")]);
    expect(asked.written.stdout).toMatch(/Only you can read the file: .*private host key.*passphrase/);
    const forced = commandLine({ ports: { writer } });
    expect(await forced.run("drives", "save", "/dev/sdz", "/images/card.img", "--force")).toBe(0);
  });

  it("replaces nothing unasked, by another word, or by a name that is no image’s", async () => {
    const args = ["drives", "save", "/dev/sdz", "/images/card.img"];
    expect(await commandLine({ ports: { writer } }).run(...args)).toBe(6);
    expect(await commandLine({ isTTY: true, ports: { writer } }).run(...args, "--json")).toBe(6);
    expect(await commandLine({ isTTY: true, answers: ["yes"], ports: { writer } }).run(...args)).toBe(3);
    const named = commandLine({ ports: { writer } });
    expect(await named.run("drives", "save", "/dev/sdz", "/home/ada/.bashrc", "--force")).toBe(2);
    expect(named.written.stderr).toMatch(/not saved as .*\.bashrc/);
  });

  it("refuses a drive that is not offered", async () => {
    expect(await commandLine().run("drives", "save", "/dev/sda", "card.img")).toBe(5);
  });
});

describe("floppy drives restore", () => {
  it("erases what was named and agreed to", async () => {
    const cli = commandLine();
    expect(await cli.run("drives", "restore", "/dev/sdz", "--label", "holidays", "--yes")).toBe(0);
    expect(cli.written.stderr).toMatch(/Everything on SanDisk Ultra.*will be erased/);
    expect(cli.written.stdout).toMatch(/empty and usable again: exFAT, labelled HOLIDAYS/);
  });

  it("does nothing without a yes, or with a label that no drive can have", async () => {
    expect(await commandLine().run("drives", "restore", "/dev/sdz")).toBe(2);
    const cli = commandLine();
    expect(await cli.run("drives", "restore", "/dev/sdz", "--yes", "--label", "a/b")).toBe(2);
    expect(cli.opened).toEqual([]);
  });
});
