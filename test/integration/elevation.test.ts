/**
 * A user who may not open drives, and a writer that may: the command as `nobody`, the writer through real sudo.
 * All of it in a mount namespace of its own, so that the machine's sudoers stays as it is.
 */
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { readCard } from "../support/card.ts";
import { detachLoopsBelow } from "../support/loops.ts";

const MIB = 1024 ** 2;
const nobody = 65534;
const project = resolve(import.meta.dirname, "../..");
const image = Buffer.alloc(4 * MIB, "an image that only root may write ");
// The signature of a boot sector.
image.writeUInt16LE(0xaa55, 510);

const allowed = "nobody ALL=(root) NOPASSWD: ALL";

let folder: string;
let library: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "elevation-"));
  await chown(folder, nobody, nobody);
  library = await mkdtemp("/elevation-library-");
  await chmod(library, 0o755);
  await writeFile(join(folder, "card.img"), image);
});

afterEach(async () => {
  await detachLoopsBelow(folder);
  await rm(folder, { recursive: true });
  await rm(library, { recursive: true });
});

type Stage = {
  /** Where the project is seen, whoever owns it. */
  at?: string;
  user?: number;
  program?: string;
};

/** `floppy …` as nobody, where sudo lets nobody in as `sudoers` says. What is installed for root lies in `library`. */
async function asNobody(sudoers: string, args: string[], stage: Stage = {}) {
  const { at = "/mnt", user = nobody, program = "src-main/cli/main.ts" } = stage;
  await writeFile(join(folder, "sudoers"), `${sudoers}\n`, { mode: 0o440 });
  const prepare = [
    'mount --bind "$SUDOERS" /etc/sudoers',
    'mount --bind "$PROJECT" "$AT"',
    'mount --bind "$LIBRARY" /usr/local/lib',
    'mount --bind "$LIBRARY" /usr/share/polkit-1/actions',
    "cd /",
  ].join(" && ");
  const become = `setpriv --reuid=${user} --regid=${user} --clear-groups`;
  const script = `${prepare} && exec ${become} "$AT/node_modules/node/bin/node" "$AT/$PROGRAM" "$@"`;
  return execa("unshare", ["--mount", "sh", "-c", script, "floppy", ...args], {
    env: {
      SUDOERS: join(folder, "sudoers"),
      PROJECT: project,
      AT: at,
      PROGRAM: program,
      LIBRARY: library,
      FLOPPY_DATA: join(folder, "data"),
      HOME: folder,
    },
    reject: false,
    stdin: "ignore",
  });
}

async function ownDrive(): Promise<string> {
  const practice = join(folder, "data/practice");
  await mkdir(practice, { recursive: true });
  const drive = await createPracticeDrives({ folder: practice }).create(64 * MIB);
  await execa("chown", ["-R", "nobody", join(folder, "data")]);
  return drive.identity.path;
}

it("writes a drive that the user may not open, through sudo", async () => {
  const drive = await ownDrive();
  const flash = ["provision", "flash", "--image", join(folder, "card.img"), "--drive", drive, "--yes"];
  const { exitCode, stderr } = await asNobody(allowed, flash);
  expect(stderr).not.toMatch(/error/i);
  expect(exitCode).toBe(0);
  await expect(readCard(drive, image.length)).resolves.toEqual(image);
});

it("says that the right is missing, and writes nothing, where sudo refuses", async () => {
  const drive = await ownDrive();
  const before = await readCard(drive, image.length);
  const flash = ["provision", "flash", "--image", join(folder, "card.img"), "--drive", drive, "--yes"];
  const { exitCode, stderr } = await asNobody("root ALL=(ALL) ALL", flash);
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/sudo did not let the writer in/);
  expect(stderr).toMatch(/Nothing was written/);
  await expect(readCard(drive, image.length)).resolves.toEqual(before);
});

describe("a Floppy that lies where its user may write", () => {
  let stage: Stage;
  let flash: string[];

  beforeEach(async () => {
    stage = { at: join(folder, "project") };
    await mkdir(join(folder, "project"));
    flash = ["provision", "flash", "--image", join(folder, "card.img"), "--drive", await ownDrive(), "--yes"];
  });

  const write = () => asNobody(allowed, flash, stage);
  const install = () =>
    asNobody(allowed, ["install-writer"], { ...stage, user: 0, program: "out/main/cli.js" });
  const installed = async () => join(library, "floppy", String((await readdir(join(library, "floppy")))[0]));

  async function expectRefused() {
    const { exitCode, stderr } = await write();
    expect(stderr).toMatch(/root runs nothing that others may change/);
    expect(stderr).toMatch(/Nothing was written.*sudo .*cli\.js install-writer/);
    expect(exitCode).toBe(8);
  }

  it("is not run as root", expectRefused);

  it("writes by the writer that root installed once, whatever rights its files had", async () => {
    const { exitCode, stderr } = await install();
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const others = await execa("find", [
      library,
      "(",
      "-not",
      "-uid",
      "0",
      "-o",
      "-perm",
      "/022",
      ")",
      "-not",
      "-type",
      "l",
    ]);
    expect(others.stdout).toBe("");
    const written = await write();
    expect(written.stderr).not.toMatch(/error/i);
    expect(written.exitCode).toBe(0);
  });

  it("is not run as root where another build’s writer was installed", async () => {
    await install();
    await rename(await installed(), join(library, "floppy", "0".repeat(32)));
    await expectRefused();
  });

  it.each([
    "",
    "node",
    "app",
    "app/out/main/writer.js",
    "app/out/main/chunks",
    "app/node_modules/etcher-sdk",
  ])("is not run as root where the installed “%s” is another user’s", async (part) => {
    await install();
    await chown(join(await installed(), part), nobody, nobody);
    await expectRefused();
  });

  it("cannot be installed by its user", async () => {
    const { exitCode, stderr } = await asNobody(allowed, ["install-writer"], stage);
    expect(stderr).toMatch(/Run the command with sudo/);
    expect(exitCode).toBe(8);
  });
});
