import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { cancelled } from "#contract/errors.ts";
import type { Clock } from "#core/ports/clock.ts";

const COUNTER_LIMIT = 0x1000;

function formatUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** UUID version 7. Node's own does not keep the order of ids made within one millisecond; a counter does. */
function createIds(now: () => number): () => string {
  let milliseconds = 0;
  let counter = 0;
  return () => {
    counter += 1;
    if (counter === COUNTER_LIMIT) {
      milliseconds += 1;
      counter = 0;
    }
    const current = now();
    if (current > milliseconds) {
      milliseconds = current;
      counter = 0;
    }
    const time = milliseconds.toString(16).padStart(12, "0");
    const random = randomBytes(8);
    random.writeUInt8(0x80 | (random.readUInt8(0) & 0x3f), 0);
    return formatUuid(`${time}7${counter.toString(16).padStart(3, "0")}${random.toString("hex")}`);
  };
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {
    throw cancelled("The wait");
  });
}

/** Ids of one clock sort as text in the order they were made, even when the time is set back. */
export function createClock(milliseconds: () => number = Date.now): Clock {
  return { now: () => new Date(milliseconds()), newId: createIds(milliseconds), sleep };
}
