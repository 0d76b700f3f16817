/** Where a run's target may be: where it was, and wherever somebody says to be it, which may be a thousand lies. */
import { installationOf, type Run } from "#contract/runs.ts";
import type { Announced, TargetAddress } from "#contract/targets.ts";
import { addressText, inTurns } from "./in-turns.ts";

/** So many are tried side by side: those that stand first, and those that were tried least. */
const STANDING_FIRST = 64;
const TRIED_LEAST = 64;

/** What announcements put first is the first of what each sender says. */
export function candidates(run: Run, announced: Announced[]): TargetAddress[] {
  const known = installationOf(run)?.address ?? null;
  const own = announced.filter(({ runId }) => runId === run.id).map(({ addresses }) => addresses);
  const said = inTurns(own);
  return inTurns([known === null ? said : [known, ...said]]);
}

/** Chooses whom to try next, so that nobody who is announced waits for long, however many are. */
export function createTurns(): (all: TargetAddress[]) => TargetAddress[] {
  let tries = new Map<string, number>();
  return (all) => {
    const triesOf = (address: TargetAddress) => tries.get(addressText(address)) ?? 0;
    const rest = all.slice(STANDING_FIRST).toSorted((one, other) => triesOf(one) - triesOf(other));
    const chosen = [...all.slice(0, STANDING_FIRST), ...rest.slice(0, TRIED_LEAST)];
    const now = new Set(chosen);
    tries = new Map(all.map((one) => [addressText(one), triesOf(one) + (now.has(one) ? 1 : 0)]));
    return chosen;
  };
}
