import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { FloppyError } from "#contract/errors.ts";
import { systemReason } from "#contract/system-errors.ts";
import { parseBootSector } from "../fat/geometry.ts";

const run = promisify(execFile);

/** An empty file system, as the bytes from its beginning on that are not zero. */
export type EmptyFileSystem = { filesystem: "exFAT" | "FAT"; partitionType: number; front: Buffer };

const BOOT_BYTES = 512;
/** Below this, mkfs.fat chooses a table that fits. */
const FAT32_FROM_BYTES = 512 * 1024 ** 2;
const partitionTypes = { exFAT: 0x07, fat32: 0x0c, fat16: 0x0e, fat12: 0x01 };

/** Made by the system's own tool in a file with holes: the drive stays held, and is not touched if the tool fails. */
export async function makeFileSystem(
  label: string,
  sizeBytes: number,
  sectorBytes: number,
): Promise<EmptyFileSystem> {
  const folder = await temporaryFolder();
  const path = join(folder, "partition");
  const file = await open(path, "wx+");
  try {
    await file.truncate(sizeBytes);
    const filesystem = await runTool(path, label, sizeBytes, sectorBytes);
    const boot = Buffer.alloc(BOOT_BYTES);
    await file.read(boot, 0, BOOT_BYTES, 0);
    const front = Buffer.alloc(filesystem === "exFAT" ? exfatFront(boot) : fatFront(boot));
    await file.read(front, 0, front.length, 0);
    return { filesystem, partitionType: partitionType(filesystem, boot), front };
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}

/** mkfs.exfat knows sectors of 512 bytes only, as this version of it is. */
async function runTool(path: string, label: string, sizeBytes: number, sectorBytes: number) {
  if (sectorBytes === 512 && (await madeExfat(path, label))) return "exFAT";
  const bits = sizeBytes >= FAT32_FROM_BYTES ? ["-F", "32"] : [];
  if (await ranIfThere("mkfs.fat", ["-n", label, "-S", `${sectorBytes}`, ...bits, path])) return "FAT";
  throw new FloppyError(
    "TOOL_MISSING",
    "There is no program here that makes a file system for all systems.",
    "Nothing was written. Install exfatprogs or dosfstools, then try again.",
  );
}

/** exfatprogs takes a label by -L; exfat-utils, of the same name, by -n, and -L is nothing that it knows. */
async function madeExfat(path: string, label: string): Promise<boolean> {
  const version = await run("mkfs.exfat", ["-V"]).catch((error) => ({ stdout: "", stderr: "", ...error }));
  const option = /exfatprogs/.test(version.stdout + version.stderr) ? "-L" : "-n";
  return ranIfThere("mkfs.exfat", [option, label, path]);
}

async function ranIfThere(tool: string, parameters: string[]): Promise<boolean> {
  try {
    await run(tool, parameters);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

async function temporaryFolder(): Promise<string> {
  const parent = tmpdir();
  return mkdtemp(join(parent, "floppy-restore-")).catch((error: unknown) => {
    throw new FloppyError(
      "FILE_UNWRITABLE",
      `The folder for temporary files, ${parent}, cannot be used: ${systemReason(error)}.`,
      "Nothing was written to the drive. Set TMPDIR to a folder in which files can be made, then try again.",
      { folder: parent },
    );
  });
}

/** Up to and with the root directory, which is the last thing that an empty exFAT has. */
function exfatFront(boot: Buffer): number {
  const sectorBytes = 2 ** boot.readUInt8(108);
  const clusterBytes = sectorBytes * 2 ** boot.readUInt8(109);
  const heapOffset = boot.readUInt32LE(88) * sectorBytes;
  return heapOffset + (boot.readUInt32LE(96) - 1) * clusterBytes;
}

/** Up to and with the first cluster, where FAT32 has its root directory. */
function fatFront(boot: Buffer): number {
  const geometry = parseBootSector(boot);
  if (!geometry) throw new Error("mkfs.fat made no FAT file system");
  return geometry.dataOffset + geometry.clusterBytes;
}

function partitionType(filesystem: "exFAT" | "FAT", boot: Buffer): number {
  if (filesystem === "exFAT") return partitionTypes.exFAT;
  const bits = parseBootSector(boot)?.bits ?? 32;
  return partitionTypes[`fat${bits}`];
}
