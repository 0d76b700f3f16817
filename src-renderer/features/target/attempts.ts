import type { PhaseProgress } from "#contract/runs.ts";

type Attempts = Extract<PhaseProgress, { kind: "search" }>["attempts"];

const SHOWN = 12;

/** The last of what was tried, each address and outcome once: a machine that starts says the same for minutes. */
export function newest(attempts: Attempts): Attempts {
  const told = new Map<string, Attempts[number]>();
  for (const attempt of attempts) {
    const key = `${attempt.address} ${attempt.outcome}`;
    told.delete(key);
    told.set(key, attempt);
  }
  return [...told.values()].slice(-SHOWN);
}
