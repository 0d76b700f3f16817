import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const MIB = 1024 ** 2;

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Loop devices, mounts and folders of one test; `clear` takes all of it away again, last made first. */
export function createBench() {
  const undo: (() => void)[] = [];
  let count = 0;

  function folder(parent = tmpdir()): string {
    const path = realpathSync(mkdtempSync(join(parent, "floppy-drives-")));
    undo.push(() => rmSync(path, { recursive: true }));
    return path;
  }

  /** A sparse file, partitioned if asked: two partitions, at 1 MiB and at 9 MiB. */
  function file(path: string, sizeBytes: number, { partitioned = false } = {}): string {
    writeFileSync(path, partitioned ? partitionTable() : "");
    truncateSync(path, sizeBytes);
    return path;
  }

  function attach(path: string, ...options: string[]): string {
    const device = run("losetup", "--find", "--show", "--partscan", ...options, path);
    undo.push(() => detach(device, path));
    return device;
  }

  function mount(source: string, target: string, ...options: string[]): void {
    mkdirSync(target, { recursive: true });
    run("mount", ...options, source, target);
    undo.push(() => run("umount", target));
  }

  /** A loop device on a new file that passes for a practice drive. */
  function drive(sizeBytes = 32 * MIB, { partitioned = false } = {}): string {
    const path = join(folder(), `practice-${++count}.floppy-practice`);
    const device = attach(file(path, sizeBytes, { partitioned }));
    if (partitioned) announcePartitions(device);
    return device;
  }

  function clear(): void {
    for (const step of undo.splice(0).reverse()) step();
  }

  return { folder, file, attach, mount, drive, later: (step: () => void) => undo.push(step), clear };
}

/** Tells the kernel of a drive's partitions; some kernels are built without reading partition tables. */
export function announcePartitions(device: string): void {
  run("partx", "--update", device);
}

/** Unless the code under test did so already, and the kernel gave the device to somebody else since. */
export function detach(device: string, path: string): void {
  const attached = run("losetup", "--noheadings", "--output", "NAME", "--associated", path).split("\n");
  if (attached.includes(device)) run("losetup", "--detach", device);
}

/** A master boot record in the first sector. */
function partitionTable(): Buffer {
  const sectors = MIB / 512;
  const table = Buffer.alloc(512);
  for (const [index, start] of [sectors, 9 * sectors].entries()) {
    const entry = 446 + 16 * index;
    table.writeUInt8(0x83, entry + 4);
    table.writeUInt32LE(start, entry + 8);
    table.writeUInt32LE(8 * sectors, entry + 12);
  }
  table.writeUInt16LE(0xaa55, 510);
  return table;
}
