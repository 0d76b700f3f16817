/** How hard what is pushed is packed: as hard as costs no time, judged by each piece that went. */

/** zstd's levels, each of which takes about twice the time of the one before. */
const levels = [-5, 1, 3, 6, 9, 12];
export const FIRST_LEVEL = 3;

/** A part of the time that sending takes: with more the connection waits; with less there is time for the next level. */
const TOO_LONG = 1.1;
const TIME_LEFT = 0.4;

/** What one piece took. Where several are packed side by side, each has that much more time. */
export type PieceTimes = { packMs: number; sendMs: number; sideBySide: number };

export function nextLevel(level: number, { packMs, sendMs, sideBySide }: PieceTimes): number {
  const share = packMs / sideBySide / Math.max(sendMs, 1);
  const at = levels.indexOf(level);
  if (share > TOO_LONG) return levels[at - 1] ?? level;
  if (share < TIME_LEFT) return levels[at + 1] ?? level;
  return level;
}
