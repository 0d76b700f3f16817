import { inspect } from "node:util";
import { harmless } from "#contract/harmless.ts";

const FAILED = 1;

/** What nobody caught ends this process as ever. Node would print its words raw, and they may be a stranger's. */
export function sayLastWordsHarmlessly(): void {
  process.on("uncaughtException", (thrown) => {
    process.stderr.write(`${harmless(inspect(thrown))}\n`);
    process.exit(FAILED);
  });
}
