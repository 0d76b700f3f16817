/** The whole job on a machine with nothing: no nix, no network, and at times no right to a loop device. */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodes } from "../../src-main/cli/exit-codes.ts";
import { builtProgram } from "../support/built.ts";
import { machineWithoutNix } from "../support/without-nix.ts";
import { objects } from "./cli-process.ts";

let machine: ReturnType<typeof machineWithoutNix>;

beforeEach(() => {
  machine = machineWithoutNix();
});
afterEach(() => machine.remove());

async function floppy(args: string[], env: NodeJS.ProcessEnv = {}) {
  const [program = "", ...rest] = machine.offline(process.execPath, builtProgram("cli"), ...args);
  return execa(program, rest, { env: { ...machine.env, ...env }, extendEnv: false, reject: false });
}

/** Where Floppy keeps things for this user. */
const dataFolder = () => join(machine.env.HOME ?? "", ".local/share/floppy");

describe("floppy practice, without nix and without a network", () => {
  it("writes and verifies a card, shows what it carries, and leaves nothing behind", async () => {
    const { stdout, stderr, exitCode } = await floppy(["practice"]);
    expect(stderr).toMatch(/Writing: 100 %/);
    expect(stderr).toMatch(/Verifying: 100 %/);
    expect(stdout).toContain("Written and verified on a practice drive.");
    expect(stdout).toMatch(/Serial +FLOPPY-RPI-00000\nHostname +floppy-rpi-00000\nRole +robot, on raspberry/);
    expect(stdout).toMatch(/Host key +SHA256:[A-Za-z0-9+/]{43}/);
    expect(exitCode).toBe(exitCodes.done);
    expect(readdirSync(dataFolder()).filter((name) => name.startsWith("demonstration"))).toEqual([]);
    expect(objects((await floppy(["devices", "list", "--json"])).stdout)).toMatchObject([{ devices: [] }]);
  });

  it.each([
    ["a reTerminal", "FLOPPY-RET-00009", "reterminal", "card"],
    ["a laptop, whose stick ends there", "FLOPPY-DEL-00009", "dell", "stick"],
  ])("does the same for %s, with a role that suits", async (_what, serial, host, medium) => {
    const { stdout, exitCode } = await floppy(["practice", serial, "--json"]);
    expect(objects(stdout).at(-1)).toMatchObject({
      event: "result",
      run: { medium, status: { state: "done" }, image: { provenance: { source: "practice" } } },
      identity: { serial, host, hostKey: expect.stringMatching(/^ssh-ed25519 /) },
    });
    expect(exitCode).toBe(exitCodes.done);
  });

  it("says that a build needs nix where a build is asked for", async () => {
    const { stderr, exitCode } = await floppy(["practice", "--build"]);
    expect(stderr).toMatch(/nix/i);
    expect(exitCode).toBe(exitCodes.nix);
  });
});

describe("floppy practice, where something is missing", () => {
  /** As a user who may attach no loop device and has no rights but their own. */
  async function asNobody(env: NodeJS.ProcessEnv, user = 65534) {
    const command = ["practice", "--json"];
    const [program = "", ...rest] = machine.offline(
      "/usr/bin/setpriv",
      ...[`--reuid=${user}`, "--regid=65534", "--clear-groups", "--inh-caps=-all"],
      ...[process.execPath, builtProgram("cli"), ...command],
    );
    const all = { ...machine.env, ...env };
    return execa(program, rest, { env: all, extendEnv: false, reject: false, cwd: "/" });
  }

  /** A folder that is that user's, below one that they may pass. */
  async function theirs(name: string): Promise<string> {
    chmodSync(machine.folder, 0o755);
    const folder = join(machine.folder, name);
    mkdirSync(folder);
    await execa("chown", ["65534:65534", folder]);
    return folder;
  }

  it("works on a plain file without any right to loop devices", async () => {
    const { stdout, stderr } = await asNobody({ HOME: await theirs("theirs") });
    expect(objects(stdout).at(-1), stderr).toMatchObject({
      run: { drive: { transport: "file" }, status: { state: "done" } },
      identity: { serial: "FLOPPY-RPI-00000" },
    });
  });

  it.each([
    ["without HOME", { HOME: undefined }],
    ["without a TMPDIR that exists", { TMPDIR: "/nowhere" }],
    ["with a cache folder that cannot be written", { XDG_CACHE_HOME: "/proc/1" }],
  ])("works %s", async (_what, env) => {
    const data = await theirs("data");
    const { stdout, stderr } = await asNobody({ ...env, FLOPPY_DATA: data });
    expect(objects(stdout).at(-1), stderr).toMatchObject({
      event: "result",
      run: { status: { state: "done" } },
    });
  });

  it("asks for a folder where the user has no home, not even in the user database", async () => {
    const { stdout } = await asNobody({ HOME: undefined }, 54_321);
    expect(objects(stdout).at(-1)).toMatchObject({
      code: "FILE_UNREADABLE",
      hint: expect.stringContaining("FLOPPY_DATA"),
    });
  });

  it("names the data folder that cannot be made, and what to set", async () => {
    writeFileSync(join(machine.folder, "file"), "");
    const { stdout } = await floppy(["practice", "--json"], {
      FLOPPY_DATA: join(machine.folder, "file/data"),
    });
    expect(objects(stdout).at(-1)).toMatchObject({
      code: "FILE_UNREADABLE",
      hint: expect.stringContaining("FLOPPY_DATA"),
    });
    expect(existsSync(join(machine.folder, "file/data"))).toBe(false);
  });

  it("calls a full disk a full disk", async () => {
    const small = join(machine.folder, "small");
    mkdirSync(small);
    await execa("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
    try {
      const { stdout } = await floppy(["practice", "--json"], { FLOPPY_DATA: small });
      expect(objects(stdout).at(-1)).toMatchObject({ code: "DISK_FULL" });
    } finally {
      await execa("umount", [small]);
    }
  });
});
