/**
 * A user who may not open drives, and a writer that may: the command as `nobody`, the writer through real sudo.
 * All of it in a mount namespace of its own, so that the machine's sudoers stays as it is.
 */
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { readCard } from "../support/card.ts";
import { detachLoopsBelow } from "../support/loops.ts";

const MIB = 1024 ** 2;
const nobody = 65534;
const project = resolve(import.meta.dirname, "../..");
const image = Buffer.alloc(4 * MIB, "an image that only root may write ");
// The signature of a boot sector.
image.writeUInt16LE(0xaa55, 510);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "elevation-"));
  await chown(folder, nobody, nobody);
  await writeFile(join(folder, "card.img"), image);
});

afterEach(async () => {
  await detachLoopsBelow(folder);
  await rm(folder, { recursive: true });
});

/** `floppy …` as nobody, where sudo lets nobody in as `sudoers` says. The project is seen at /mnt, whoever owns it. */
async function asNobody(sudoers: string, ...args: string[]) {
  await writeFile(join(folder, "sudoers"), `${sudoers}\n`, { mode: 0o440 });
  const prepare = `mount --bind "$SUDOERS" /etc/sudoers && mount --bind "$PROJECT" /mnt && cd /mnt`;
  const become = `setpriv --reuid=${nobody} --regid=${nobody} --clear-groups`;
  const node = "node_modules/node/bin/node";
  const script = `${prepare} && exec ${become} /mnt/${node} /mnt/src-main/cli/main.ts "$@"`;
  return execa("unshare", ["--mount", "sh", "-c", script, "floppy", ...args], {
    env: {
      SUDOERS: join(folder, "sudoers"),
      PROJECT: project,
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
  const allowed = "nobody ALL=(root) NOPASSWD: ALL";
  const flash = ["provision", "flash", "--image", join(folder, "card.img"), "--drive", drive, "--yes"];
  const { exitCode, stderr } = await asNobody(allowed, ...flash);
  expect(stderr).not.toMatch(/error/i);
  expect(exitCode).toBe(0);
  await expect(readCard(drive, image.length)).resolves.toEqual(image);
});

it("says that the right is missing, and writes nothing, where sudo refuses", async () => {
  const drive = await ownDrive();
  const before = await readCard(drive, image.length);
  const flash = ["provision", "flash", "--image", join(folder, "card.img"), "--drive", drive, "--yes"];
  const { exitCode, stderr } = await asNobody("root ALL=(ALL) ALL", ...flash);
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/sudo did not let the writer in/);
  expect(stderr).toMatch(/Nothing was written/);
  await expect(readCard(drive, image.length)).resolves.toEqual(before);
});
