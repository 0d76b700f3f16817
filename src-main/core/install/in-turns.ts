import type { TargetAddress } from "#contract/targets.ts";

/** The port only where it is not SSH's own. */
export const addressText = ({ host, port }: TargetAddress) => (port === 22 ? host : `${host}:${port}`);

/** The first of each list, then the second of each, and none twice. */
export function inTurns(lists: readonly TargetAddress[][]): TargetAddress[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
  return [...new Map(turns.map((address) => [addressText(address), address])).values()];
}
