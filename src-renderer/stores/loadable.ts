import { type ErrorData, toErrorData } from "#contract/errors.ts";

/** Something asked for: not yet, under way, here, or failed. */
export type Loadable<Value> =
  | { state: "idle" }
  | { state: "loading" }
  | { state: "ready"; value: Value }
  | { state: "failed"; error: ErrorData };

export const idle = { state: "idle" } as const;

/** Shows what a request does through `show`; the answer to an older request is dropped. */
export function createLoader<Value>(show: (loadable: Loadable<Value>) => void) {
  let latest = 0;
  return {
    async load(request: () => Promise<Value>): Promise<void> {
      const mine = ++latest;
      show({ state: "loading" });
      try {
        const value = await request();
        if (mine === latest) show({ state: "ready", value });
      } catch (thrown) {
        if (mine === latest) show({ state: "failed", error: toErrorData(thrown) });
      }
    },
    forget() {
      latest++;
      show(idle);
    },
  };
}
