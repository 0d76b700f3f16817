import { expect, test } from "vitest";
import { createLoader, type Loadable } from "../../../../src-renderer/stores/loadable.ts";

test("the answer to an older request is dropped", async () => {
  const shown: Loadable<string>[] = [];
  const loader = createLoader<string>((loadable) => shown.push(loadable));
  const older = Promise.withResolvers<string>();
  const waiting = loader.load(() => older.promise);
  await loader.load(async () => "newer");
  older.resolve("older");
  await waiting;
  expect(shown.at(-1)).toEqual({ state: "ready", value: "newer" });
});

test("a failure is shown as error data", async () => {
  const shown: Loadable<string>[] = [];
  await createLoader<string>((loadable) => shown.push(loadable)).load(async () => {
    throw new Error("the disk is on fire");
  });
  expect(shown.at(-1)).toMatchObject({ state: "failed", error: { code: "INTERNAL" } });
});
