/** A place to measure in: images, loop devices, and how fast they may be. Everything is taken away again. */
import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";

export const MIB = 1024 ** 2;

/** MiB a second. */
export type Speed = { write: number; read: number };

/** A drive to write to. `runner` is put before a command that has to feel the drive's speed. */
export type BenchDrive = { path: string; runner: string[] };
export type BenchDrives = { paths: string[]; runner: string[] };

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
}

const MEMORY = "/dev/shm";
const NEEDED_MEMORY = 4096 * MIB;

function hasMemoryFolder(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > NEEDED_MEMORY && freemem() > NEEDED_MEMORY;
}

const packers = {
  zst: ["zstd", "-q"],
  gz: ["gzip", "-6"],
  "blocks.xz": ["xz", "-6", "-T2", "--block-size=16MiB"],
  xz: ["xz", "-6", "-T1"],
} as const;
export type Packing = keyof typeof packers;

export class Workshop implements Disposable {
  readonly #folder: string;
  readonly #undo: (() => void)[];

  /** `memory`: files lie in memory where there is room, for what is faster than this machine's disk. */
  constructor(place: "disk" | "memory" = "disk") {
    this.#folder = mkdtempSync(
      join(place === "memory" && hasMemoryFolder() ? MEMORY : tmpdir(), "floppy-bench-"),
    );
    this.#undo = [() => rmSync(this.#folder, { recursive: true })];
  }

  randomImage(mebibytes: number): string {
    const path = join(this.#folder, `random-${mebibytes}.img`);
    if (existsSync(path)) return path;
    const chunk = Buffer.alloc(MIB);
    for (let written = 0; written < mebibytes; written += 1) {
      randomFillSync(chunk);
      // An image whose first bytes happen to sign it as an archive would be refused.
      if (written === 0) chunk.fill(0, 0, 512);
      appendFileSync(path, chunk);
    }
    return path;
  }

  /** Libraries of this machine, one after the other: what compresses as images do. */
  programImage(mebibytes: number): string {
    const path = join(this.#folder, `programs-${mebibytes}.img`);
    if (existsSync(path)) return path;
    const script = `{ head -c 1M /dev/zero; find /usr/lib /usr/bin -type f -size +64k -print0 | sort -z | xargs -0 cat 2>/dev/null; } | head -c ${mebibytes}M > "$1"`;
    run("sh", "-c", script, "sh", path);
    if (statSync(path).size !== mebibytes * MIB) throw new Error("this machine has too few programs");
    return path;
  }

  /** As large as it says, and almost empty. */
  sparseImage(mebibytes: number): string {
    const path = join(this.#folder, `sparse-${mebibytes}.img`);
    writeFileSync(path, "");
    truncateSync(path, mebibytes * MIB);
    return path;
  }

  /** A copy in which every tenth block of 64 KiB is another one. */
  changedImage(image: string): string {
    const path = `${image}.changed`;
    copyFileSync(image, path);
    const file = openSync(path, "r+");
    const block = 64 * 1024;
    for (let at = 16 * block; at + block <= statSync(path).size; at += 10 * block) {
      writeSync(file, randomFillSync(Buffer.alloc(block)), 0, block, at);
    }
    closeSync(file);
    return path;
  }

  packed(image: string, how: Packing = "zst"): string {
    const [program, ...options] = packers[how];
    const path = `${image}.${how}`;
    const script = 'from=$1 to=$2; shift 2; "$@" -c "$from" > "$to"';
    if (!existsSync(path)) run("sh", "-c", script, "sh", image, path, program, ...options);
    return path;
  }

  /** A loop device; with a speed, it is as slow as that for whoever is started by its runner. */
  drive(mebibytes: number, speed?: Speed): BenchDrive {
    const { paths, runner } = this.drives(1, mebibytes, speed);
    return { path: paths[0] ?? "", runner };
  }

  /** Several, each of which has that speed for itself. */
  drives(count: number, mebibytes: number, speed?: Speed): BenchDrives {
    const paths = Array.from({ length: count }, () => this.#attach(mebibytes, speed !== undefined));
    return { paths, runner: speed ? this.#throttle(paths, speed) : [] };
  }

  [Symbol.dispose](): void {
    for (const step of this.#undo.splice(0).reverse()) step();
  }

  #attach(mebibytes: number, direct: boolean): string {
    const file = join(this.#folder, `drive-${this.#undo.length}.floppy-practice`);
    writeFileSync(file, "");
    truncateSync(file, mebibytes * MIB);
    const path = run("losetup", "--find", "--show", ...(direct ? ["--direct-io=on"] : []), file);
    this.#undo.push(() => run("losetup", "--detach", path));
    return path;
  }

  /** The kernel's own throttle, exact to a percent: a control group, first version, and root. */
  #throttle(devices: string[], { write, read }: Speed): string[] {
    const group = `/sys/fs/cgroup/blkio/floppy-bench-${process.pid}-${this.#undo.length}`;
    mkdirSync(group);
    this.#undo.push(() => rmdirSync(group));
    for (const device of devices) {
      const number = run("lsblk", "--nodeps", "--noheadings", "--output", "MAJ:MIN", device);
      writeFileSync(join(group, "blkio.throttle.write_bps_device"), `${number} ${write * MIB}`);
      writeFileSync(join(group, "blkio.throttle.read_bps_device"), `${number} ${read * MIB}`);
    }
    return ["sh", "-c", `echo $$ > ${group}/tasks && exec "$@"`, "sh"];
  }
}
