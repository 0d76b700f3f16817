import { inspect } from "node:util";
import { harmless } from "#contract/harmless.ts";

const FAILED = 1;

/** Tells of what nobody caught. Node would print its words raw, and they may be a stranger's. */
export function tellUncaught(thrown: unknown): void {
  process.stderr.write(`${harmless(inspect(thrown))}\n`);
}

/** What nobody caught ends this process as ever, but with words alone. */
export function sayLastWordsHarmlessly(): void {
  process.on("uncaughtException", (thrown) => {
    tellUncaught(thrown);
    process.exit(FAILED);
  });
}
