/** What a person types to agree that a drive is erased. */
import type { DriveIdentity } from "./drives.ts";

type Erasable = { identity: Pick<DriveIdentity, "path" | "serial"> };

/** `of` tells where it is to be read off: the drive itself, or the name that the system gave it. */
export type ErasureWord = { word: string; of: "serial" | "name" };

const LEAST_CHARACTERS = 4;

const serialOf = ({ identity }: Erasable): string => identity.serial?.trim() ?? "";
const lastName = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/\..*$/, "");

/**
 * The last four of the serial, or as many more as tell it from every other drive in sight; where no part of the serial
 * does, the name that the system gave the drive. No two drives in sight have the same one.
 */
export function erasureWord(drive: Erasable, inSight: readonly Erasable[]): ErasureWord {
  const { path } = drive.identity;
  const others = inSight.filter(({ identity }) => identity.path !== path).map(serialOf);
  const isFree = (word: string) => !others.some((other) => other.toLowerCase().endsWith(word.toLowerCase()));
  const serial = serialOf(drive);
  for (let length = LEAST_CHARACTERS; length <= serial.length; length += 1) {
    const word = serial.slice(-length);
    if (isFree(word)) return { word, of: "serial" };
  }
  const name = lastName(path);
  return { word: isFree(name) ? name : path, of: "name" };
}

/** Whether that was typed; case does not matter, nor what a keyboard adds around it. */
export function isErasureWord({ word }: ErasureWord, typed: string): boolean {
  return word.toLowerCase() === typed.trim().toLowerCase();
}

/** What to type, in words: `the last four of its serial`. */
export function erasureWordPlace({ word, of }: ErasureWord): string {
  if (of === "name") return "the name that it has on this computer";
  return `the last ${word.length === LEAST_CHARACTERS ? "four" : word.length} of its serial`;
}
