import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { watchDrives } from "#adapters/drives/watch.ts";
import type { Drive } from "#contract/drives.ts";

const drive = (key: string) => ({ key }) as Drive;

/** A watched machine in the hands of the test; `next` waits for the listener's next call. */
function machine() {
  const state = { print: "0", drives: [drive("a")], scans: 0, failing: false };
  const heard: string[][] = [];
  let wake = Promise.withResolvers<void>();
  const stop = watchDrives(
    {
      fingerprint: () => state.print,
      list: async () => {
        state.scans++;
        if (state.failing) throw new Error("lsblk failed");
        return state.drives;
      },
      intervalMs: 1,
    },
    (drives) => {
      heard.push(drives.map((each) => each.key));
      wake.resolve();
      wake = Promise.withResolvers();
    },
  );
  return { state, heard, stop, next: () => wake.promise };
}

it("tells the list at first, and then each change", async () => {
  const { state, heard, stop, next } = machine();
  await next();
  Object.assign(state, { drives: [drive("a"), drive("b")], print: "1" });
  await next();
  stop();
  expect(heard).toEqual([["a"], ["a", "b"]]);
});

it("does not scan while the fingerprint stays, nor tell what did not change", async () => {
  const { state, heard, stop, next } = machine();
  await next();
  state.print = "mounted something elsewhere";
  await vi.waitUntil(() => state.scans === 2);
  Object.assign(state, { drives: [drive("b")], print: "2" });
  await next();
  stop();
  expect(heard).toEqual([["a"], ["b"]]);
  expect(state.scans).toBe(3);
});

it("outlives a scan that fails, and tries it again", async () => {
  const { state, heard, stop, next } = machine();
  await next();
  Object.assign(state, { failing: true, drives: [], print: "1" });
  await vi.waitUntil(() => state.scans >= 3);
  state.failing = false;
  await next();
  stop();
  expect(heard).toEqual([["a"], []]);
});

it("is silent once it was stopped, whatever a scan under way finds", async () => {
  const scan = Promise.withResolvers<Drive[]>();
  const list = vi.fn(() => scan.promise);
  const fingerprint = vi.fn(() => String(fingerprint.mock.calls.length));
  const listener = vi.fn();
  const stop = watchDrives({ fingerprint, list, intervalMs: 1 }, listener);
  stop();
  scan.resolve([drive("a")]);
  await nextTurn();
  expect(list).toHaveBeenCalledTimes(1);
  expect(listener).not.toHaveBeenCalled();
});
