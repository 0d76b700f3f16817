import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { practiceNumber } from "#core/drives/practice.ts";

/** The practice drives' files in `folder`, in the order of their numbers; none if there is no such folder. */
export async function practiceFiles(folder: string): Promise<{ path: string; number: number }[]> {
  // The kernel names a loop device's file by its real path.
  const real = await realpath(folder).catch(() => null);
  if (real === null) return [];
  return (await readdir(real).catch(() => []))
    .flatMap((name) => {
      const number = practiceNumber(name);
      return number === null ? [] : [{ path: join(real, name), number }];
    })
    .toSorted((one, other) => one.number - other.number);
}
