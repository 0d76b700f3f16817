/** The command where its environment is not as it should be: each time that is said, and never that it was unexpected. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtProgram } from "../support/built.ts";

const script = builtProgram("cli");
let folder: string;
let data: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "floppy-environment-")));
  data = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `floppy …`, prepared by a shell in a mount namespace of its own. */
async function floppy(prepare: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = [process.execPath, script, ...args];
  const run = await execa("unshare", ["--mount", "sh", "-c", `${prepare}\nexec "$@"`, "sh", ...command], {
    env: { FLOPPY_DATA: data, FOLDER: folder, NODE: process.execPath, SCRIPT: script, ...env },
    reject: false,
    stdin: "ignore",
    timeout: 60_000,
  });
  const said = `${run.stdout}\n${run.stderr}`;
  expect(said).not.toMatch(/unexpected|at .*\.js:\d+/);
  return said;
}

const asNobody = `exec setpriv --reuid=54321 --regid=54321 --clear-groups "$@"`;
const list = ["devices", "list"];

describe("a data folder", () => {
  it.each([
    ["on a read-only disk", `mkdir "$FOLDER/data" && mount -t tmpfs -o ro none "$FOLDER/data"`, /read-only/],
    ["that cannot be made there", `mount -t tmpfs -o ro none "$FOLDER"`, /cannot be made: .*read-only/],
    [
      "in which this user may not write",
      `mkdir -m 555 "$FOLDER/data" && chmod 755 "$FOLDER" && ${asNobody}`,
      /may not/,
    ],
    ["whose place is a file's", `touch "$FOLDER/data"`, /there is a file of that name/],
    [
      "on a full disk",
      `mkdir "$FOLDER/data" && mount -t tmpfs -o size=64k none "$FOLDER/data" &&
      head -c 40000 /dev/zero > "$FOLDER/data/fill"`,
      /disk is full/,
    ],
    [
      "with a folder for its inventory",
      `mkdir -p "$FOLDER/data/inventory.sqlite"`,
      /inventory.*it is a folder/,
    ],
  ])("%s is named as that, with what to do", async (_what, prepare, reason) => {
    const said = await floppy(prepare, list);
    expect(said).toMatch(reason);
    expect(said).toMatch(/FLOPPY_DATA|Free some space/);
  });

  it("of a name that is not UTF-8 is not taken for another one", async () => {
    const said = await floppy(`export FLOPPY_DATA="$(printf '%s/Sp\\344ti' "$FOLDER")"`, list);
    expect(said).toMatch(/data folder .* not UTF-8/);
  });

  it("in which something else is called practice still lists drives", async () => {
    mkdirSync(data);
    writeFileSync(join(data, "practice"), "");
    expect(await floppy("", ["drives"])).toMatch(/Drive|No drive/);
  });

  it("whose inventory has lost a table says that the inventory cannot be used", async () => {
    await floppy("", list);
    const database = new DatabaseSync(join(data, "inventory.sqlite"), { enableForeignKeyConstraints: false });
    database.exec("drop table devices");
    database.close();
    expect(await floppy("", list)).toMatch(/inventory .* cannot be used: no such table/);
  });
});

describe("a computer", () => {
  it("without a home for this user", async () => {
    const env = { HOME: undefined, FLOPPY_DATA: undefined, XDG_DATA_HOME: undefined };
    expect(await floppy(asNobody, list, env)).toMatch(/no home folder, and HOME is not set/);
  });

  it("without lsblk", async () => {
    const tools = join(folder, "tools");
    mkdirSync(tools);
    symlinkSync("/bin/false", join(tools, "lsblk"));
    expect(await floppy(`PATH="$FOLDER/tools:$PATH"`, ["drives"])).toMatch(/lsblk/);
  });

  it("whose lsblk prints what is no list", async () => {
    const tools = join(folder, "tools");
    mkdirSync(tools);
    writeFileSync(
      join(tools, "lsblk"),
      `#!/bin/sh\ncase "$*" in *LOG-SEC*) echo '{' ;; *) exit 1 ;; esac\n`,
      { mode: 0o755 },
    );
    expect(await floppy(`PATH="$FOLDER/tools:$PATH"`, ["drives"])).toMatch(
      /lsblk of this computer does not list/,
    );
  });

  it("without /sys", async () => {
    expect(await floppy("mount -t tmpfs none /sys", ["drives"])).toMatch(/lsblk.*sysfs/);
  });

  it("with too few files to open", async () => {
    expect(await floppy("ulimit -n 24", list)).toMatch(/too many files open/);
  });

  it("in a folder that was removed", async () => {
    const prepare = `mkdir "$FOLDER/gone" && cd "$FOLDER/gone" && rmdir "$FOLDER/gone"`;
    const args = ["drives", "save", "/dev/nothing", "card.img"];
    expect(await floppy(prepare, args)).toMatch(/offers no drive|folder in which Floppy was started/);
  });
});

describe("an image", () => {
  const practice = (image: string) => ["practice", "FLOPPY-RPI-00001", "--role", "robot", "--image", image];

  it("of a name that is not UTF-8 is named as that", async () => {
    const image = `"$(printf '%s/b\\374cher.img' "$FOLDER")"`;
    const prepare = `truncate -s 4M ${image} && exec "$NODE" "$SCRIPT" practice FLOPPY-RPI-00001 --role robot --image ${image}`;
    expect(await floppy(prepare, [])).toMatch(/Its name is not UTF-8/);
  });

  it.each([
    ["that may not be read", "/proc/self/mem"],
    ["behind a link to itself", "loop.img"],
    ["of a name that is too long", "x".repeat(300)],
  ])("%s", async (_what, image) => {
    symlinkSync("loop.img", join(folder, "loop.img"));
    expect(await floppy(`cd "$FOLDER"`, practice(image))).toMatch(/Nothing was/);
  });
});
