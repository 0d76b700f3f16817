import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { practiceSize } from "../../../src-main/cli/commands/practice.ts";
import { fakeDrive, fakePorts, obedientWriter } from "../../support/fake-ports.ts";
import { commandLine } from "./fake-world.ts";

const MIB = 1024 ** 2;
const drive = fakeDrive({ key: "practice-1", kind: "practice" });

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "practice-"));
  vi.stubEnv("FLOPPY_DATA", folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe("the practice drive's size", () => {
  it.each([
    [1, 16 * MIB],
    [64 * MIB, 64 * MIB],
    [64 * MIB + 1, 65 * MIB],
  ])("for an image of %i bytes is %i", (imageBytes, size) => {
    expect(practiceSize(imageBytes)).toBe(size);
  });
});

describe("floppy practice", () => {
  it("works in a data folder of its own, and removes it and the drive even when the writer fails", async () => {
    const removed: string[] = [];
    const failing = new FloppyError("DRIVE_IO", "The drive does not answer.", "Nothing else was touched.");
    const cli = commandLine({
      ports: {
        drives: { list: async () => [drive], shown: async () => [drive], watch: () => () => undefined },
        practice: { create: async () => drive, remove: async (key) => void removed.push(key) },
        writer: { ...obedientWriter, flash: () => Promise.reject(failing) },
      },
    });
    expect(await cli.run("practice", "--image", "/images/card.img")).toBe(5);
    expect(cli.written.stderr).toMatch(/The drive does not answer\.\n {2}Nothing else was touched\.\n$/);
    expect(removed).toEqual(["practice-1"]);
    expect(cli.opened).toEqual([undefined, expect.stringContaining(join(folder, "demonstration-"))]);
    expect(readdirSync(folder)).toEqual([]);
  });

  /** A world with one practice drive, which carries what it was given; `built` counts what nix had to build. */
  function practiceWorld() {
    const ports = fakePorts();
    let built = 0;
    const carried = {
      serial: "FLOPPY-RPI-00000",
      host: "raspberry",
      role: "robot",
      runId: "run-1",
      hostname: "floppy-rpi-00000",
      hostKey: "ssh-ed25519 AAAA floppy-rpi-00000",
    };
    const sizes: number[] = [];
    const cli = commandLine({
      ports: {
        drives: { list: async () => [drive], shown: async () => [drive], watch: () => () => undefined },
        practice: {
          create: async (sizeBytes) => {
            sizes.push(sizeBytes);
            return drive;
          },
          remove: async () => undefined,
        },
        nix: {
          ...ports.nix,
          build: async (...args) => {
            built += 1;
            return ports.nix.build(...args);
          },
        },
        writer: { ...obedientWriter, identity: async () => carried },
      },
    });
    return { cli, built: () => built, sizes };
  }

  it("makes its own image, and shows what was read back from the drive", async () => {
    const { cli, built } = practiceWorld();
    expect(await cli.run("practice")).toBe(0);
    expect(built()).toBe(0);
    expect(cli.written.stdout).toMatch(/Read back from the drive/);
    for (const fact of [/Serial +FLOPPY-RPI-00000/, /Hostname +floppy-rpi-00000/, /Role +robot/, /SHA256:/])
      expect(cli.written.stdout).toMatch(fact);
  });

  it("builds one where it is told to, and takes a file where one is named, but not both", async () => {
    const { cli, built } = practiceWorld();
    expect(await cli.run("practice", "--build")).toBe(0);
    expect(built()).toBe(2);
    expect(await cli.run("practice", "--image", "/images/card.img")).toBe(0);
    expect(built()).toBe(2);
    expect(await cli.run("practice", "--build", "--image", "/images/card.img")).toBe(2);
  });

  it("makes a stick with the first role that suits, room for its identity, and ends there", async () => {
    const { cli, sizes } = practiceWorld();
    expect(await cli.run("practice", "FLOPPY-DEL-00001")).toBe(0);
    expect(cli.written.stdout).toMatch(/A practice stick ends here/);
    expect(sizes).toEqual([96 * MIB]);
  });

  it("refuses a pair that does not fit before it makes a drive", async () => {
    const create = () => Promise.reject(new Error("a drive was made"));
    const cli = commandLine({ ports: { practice: { create, remove: async () => undefined } } });
    expect(await cli.run("practice", "FLOPPY-DEL-00001", "--role", "robot")).toBe(4);
    expect(readdirSync(folder)).toEqual([]);
  });
});
