import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { vi } from "vitest";

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
    undo.push(() => {
      detachBelow(path);
      rmSync(path, { recursive: true });
    });
    return path;
  }

  /** A sparse file, partitioned if asked: two partitions, at 1 MiB and at 9 MiB. */
  function file(path: string, sizeBytes: number, { partitioned = false } = {}): string {
    writeFileSync(path, partitioned ? partitionTable() : "");
    truncateSync(path, sizeBytes);
    return path;
  }

  function attach(path: string, ...options: string[]): string {
    return run("losetup", "--find", "--show", "--partscan", ...options, path);
  }

  function mount(source: string, target: string, ...options: string[]): void {
    mkdirSync(target, { recursive: true });
    run("mount", ...options, source, target);
    undo.push(() => {
      detachBelow(target);
      run("umount", target);
    });
  }

  /** A loop device on a new file that passes for a practice drive. */
  function drive(sizeBytes = 32 * MIB, { partitioned = false } = {}): string {
    const path = join(folder(), `practice-${++count}.floppy-practice`);
    const device = attach(file(path, sizeBytes, { partitioned }));
    if (partitioned) announcePartitions(device);
    return device;
  }

  function clear(): void {
    const failures = undo.splice(0).reverse().flatMap(failureOf);
    if (failures.length > 0) throw new AggregateError(failures, "Something was left behind.");
  }

  return { folder, file, attach, mount, drive, later: (step: () => void) => undo.push(step), clear };
}

/** Tells the kernel of a drive's partitions; some kernels are built without reading partition tables. */
export function announcePartitions(device: string): void {
  run("partx", "--update", device);
}

/** Detaches a loop device, and waits while another process, such as udev, looks into it. */
export async function pull(device: string): Promise<void> {
  run("losetup", "--detach", device);
  await vi.waitUntil(() => !existsSync(join("/sys/block", basename(device), "loop")), { timeout: 30_000 });
}

/** Detaches the loop devices whose files lie in a folder, deleted or not. */
function detachBelow(folder: string): void {
  for (const name of readdirSync("/sys/block")) {
    const attribute = join("/sys/block", name, "loop/backing_file");
    if (!existsSync(attribute) || !readFileSync(attribute, "utf8").startsWith(`${folder}/`)) continue;
    run("losetup", "--detach", join("/dev", name));
  }
}

function failureOf(step: () => void): unknown[] {
  try {
    step();
    return [];
  } catch (failure) {
    return [failure];
  }
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
