import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const blockFolder = "/sys/class/block";

/**
 * A text that differs when a drive came, went, was mounted, partitioned or given another label.
 * Read synchronously: these are a few dozen reads of kernel memory, cheaper than as many promises.
 */
export function fingerprint(practiceFolder: string): string {
  const devices = names(blockFolder).map((name) => {
    const attributes = ["diskseq", "size", "ro"].map((attribute) => text(join(blockFolder, name, attribute)));
    return [name, ...attributes, udevTime(name)].join(" ");
  });
  const uses = [text("/proc/self/mountinfo"), text("/proc/swaps")];
  return [...devices, ...uses, ...names(practiceFolder)].join("\n");
}

/** When udev last finished with a device; it is what knows of a new label or a late serial number. */
function udevTime(name: string): number | null {
  const number = text(join(blockFolder, name, "dev")).trim();
  return statSync(`/run/udev/data/b${number}`, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
