import { PRACTICE_SUFFIX } from "./kinds.ts";

const fileNames = new RegExp(`^practice-([0-9]+)\\${PRACTICE_SUFFIX}$`);

export function practiceFileName(number: number): string {
  return `practice-${number}${PRACTICE_SUFFIX}`;
}

/** The number in a practice drive's file name, or null for any other file. */
export function practiceNumber(fileName: string): number | null {
  const [, digits] = fileNames.exec(fileName) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** How a practice drive is called. Its key outlives a restart: the file is the drive, attached or not. */
export function practiceName(path: string): { key: string; name: string } {
  const number = practiceNumber(path.slice(path.lastIndexOf("/") + 1));
  return { key: `practice:${number}`, name: `Practice drive ${number}` };
}
