/** A place to measure in: images, loop devices, and how fast they may be. Everything is taken away again. */
import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmdirSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";

export const MIB = 1024 ** 2;

/** MiB a second. */
export type Speed = { write: number; read: number };

/** A drive to write to. `runner` is put before a command that has to feel the drive's speed. */
export type BenchDrive = { path: string; runner: string[] };

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

  packed(image: string): string {
    run("zstd", "-q", "-f", "-k", image);
    return `${image}.zst`;
  }

  /** A loop device; with a speed, it is as slow as that for whoever is started by its runner. */
  drive(mebibytes: number, speed?: Speed): BenchDrive {
    const file = join(this.#folder, `drive-${this.#undo.length}.floppy-practice`);
    writeFileSync(file, "");
    truncateSync(file, mebibytes * MIB);
    const direct = speed ? ["--direct-io=on"] : [];
    const path = run("losetup", "--find", "--show", ...direct, file);
    this.#undo.push(() => run("losetup", "--detach", path));
    return { path, runner: speed ? this.#throttle(path, speed) : [] };
  }

  [Symbol.dispose](): void {
    for (const step of this.#undo.splice(0).reverse()) step();
  }

  /** The kernel's own throttle, exact to a percent: a control group, first version, and root. */
  #throttle(device: string, { write, read }: Speed): string[] {
    const group = `/sys/fs/cgroup/blkio/floppy-bench-${process.pid}-${this.#undo.length}`;
    mkdirSync(group);
    this.#undo.push(() => rmdirSync(group));
    const number = run("lsblk", "--nodeps", "--noheadings", "--output", "MAJ:MIN", device);
    writeFileSync(join(group, "blkio.throttle.write_bps_device"), `${number} ${write * MIB}`);
    writeFileSync(join(group, "blkio.throttle.read_bps_device"), `${number} ${read * MIB}`);
    return ["sh", "-c", `echo $$ > ${group}/tasks && exec "$@"`, "sh"];
  }
}
