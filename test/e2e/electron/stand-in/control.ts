/** The test's line into the process of main: functions to run there, as Playwright's `electronApp.evaluate`. */
import { runInThisContext } from "node:vm";
import { debuggingAddress } from "./browser.ts";

export type Order = { id: number; source: string; argument: unknown };
export type Outcome = { id: number; value?: unknown; error?: string };

export function answerTest(electron: object) {
  process.on("message", async ({ id, source, argument }: Order) => {
    const outcome: Outcome = { id };
    try {
      const order = runInThisContext(`(${source})`);
      outcome.value = await order(electron, argument);
    } catch (thrown) {
      outcome.error = String(thrown);
    }
    process.send?.(outcome);
  });
  process.on("disconnect", () => process.exit(1));
  debuggingAddress().then((address) => process.send?.({ address }));
}
