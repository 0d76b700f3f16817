import { OrderedMap } from "immutable";
import { cut } from "../text/cut.ts";

/** Nix's own numbers for what it does (`start`) and what it tells of it (`result`). Others exist and are ignored. */
export const activityType = {
  copyPath: 100,
  fileTransfer: 101,
  realise: 102,
  copyPaths: 103,
  builds: 104,
  build: 105,
  substitute: 108,
} as const;
export const resultType = { buildLogLine: 101, progress: 105, setExpected: 106, hookLogLine: 107 } as const;

type Field = string | number;

type Count = { done: number; expected: number };
const nothing: Count = { done: 0, expected: 0 };

export type Activity = {
  type: number;
  /** What it is about: a store path, a derivation, an address. */
  subject: string | null;
  count: Count;
  /** What it announced for other activities, by their type. */
  announced: ReadonlyMap<number, number>;
};

/** The activities under way, and per type what stopped ones did and live ones announced. */
export type Activities = {
  /** In the order in which they began. Thousands are live at a time, and each line changes one: no line copies them. */
  live: OrderedMap<string, Activity>;
  totals: ReadonlyMap<number, Count>;
};

export const noActivities: Activities = { live: OrderedMap(), totals: new Map() };

/** For maps by type, of which there are few. */
function withEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): Map<Key, Value> {
  return new Map(map).set(key, value);
}

function addTotal(totals: Activities["totals"], type: number, add: Count): Activities["totals"] {
  const before = totals.get(type) ?? nothing;
  return withEntry(totals, type, {
    done: before.done + add.done,
    expected: before.expected + add.expected,
  });
}

function wholeNumber(field: Field | undefined): number {
  return typeof field === "number" && field >= 0 ? Math.trunc(field) : 0;
}

const counted = new Set<number>(Object.values(activityType));
/** Far more than nix has at a time; a stream that never stops anything must not fill the memory. */
const LIVE_LIMIT = 2000;
const SUBJECT_CHARACTERS = 1000;

export function startActivity(activities: Activities, id: string, type: number, fields: Field[]): Activities {
  if (!counted.has(type) || activities.live.size >= LIVE_LIMIT) return activities;
  const subject = typeof fields[0] === "string" ? cut(fields[0], SUBJECT_CHARACTERS) : null;
  const activity: Activity = { type, subject, count: nothing, announced: new Map() };
  return { ...activities, live: activities.live.set(id, activity) };
}

/** What it did is kept, what it announced is taken back. */
export function stopActivity(activities: Activities, id: string): Activities {
  const activity = activities.live.get(id);
  if (!activity) return activities;
  const live = activities.live.delete(id);
  let totals = addTotal(activities.totals, activity.type, { done: activity.count.done, expected: 0 });
  for (const [type, expected] of activity.announced) {
    totals = addTotal(totals, type, { done: 0, expected: -expected });
  }
  return { live, totals };
}

export function tellProgress(activities: Activities, id: string, fields: Field[]): Activities {
  const activity = activities.live.get(id);
  if (!activity) return activities;
  const count = { done: wholeNumber(fields[0]), expected: wholeNumber(fields[1]) };
  return { ...activities, live: activities.live.set(id, { ...activity, count }) };
}

export function announce(activities: Activities, id: string, fields: Field[]): Activities {
  const activity = activities.live.get(id);
  if (!activity) return activities;
  const type = wholeNumber(fields[0]);
  const expected = wholeNumber(fields[1]);
  const difference = expected - (activity.announced.get(type) ?? 0);
  const changed = { ...activity, announced: withEntry(activity.announced, type, expected) };
  return {
    live: activities.live.set(id, changed),
    totals: addTotal(activities.totals, type, { done: 0, expected: difference }),
  };
}

/** How far all activities of a type are, as nix's own progress bar counts it. */
export function countOf(activities: Activities, type: number): Count {
  const total = activities.totals.get(type) ?? nothing;
  let { done } = total;
  let expected = done;
  for (const { type: itsType, count } of activities.live.values()) {
    if (itsType !== type) continue;
    done += count.done;
    expected += count.expected;
  }
  return { done, expected: Math.max(done, expected, total.expected) };
}

/** What the latest live activity of a type is about. */
export function latestSubject(activities: Activities, type: number): string | null {
  return activities.live.findLast((activity) => activity.type === type)?.subject ?? null;
}
