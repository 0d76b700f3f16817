import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClosableWindow, type ClosingChoice, keepRunning } from "../../../src-main/app/closing.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A window that was asked to close, while a run was under way or not. */
function setUp({ busy, choice }: { busy: boolean; choice: ClosingChoice }) {
  const acts: string[] = [];
  const emitter = new EventEmitter();
  const window = Object.assign(emitter, {
    hide: () => acts.push("hide"),
    show: () => acts.push("show"),
    focus: () => acts.push("focus"),
    restore: () => acts.push("restore"),
    destroy: () => acts.push("destroy"),
    isMinimized: () => false,
  }) as unknown as ClosableWindow;
  const state = { busy, asked: 0 };
  keepRunning(
    window,
    () => state.busy,
    async () => {
      state.asked += 1;
      return choice;
    },
  );
  async function close() {
    const event = {
      defaultPrevented: false,
      preventDefault: () => Object.assign(event, { defaultPrevented: true }),
    };
    emitter.emit("close", event);
    await vi.advanceTimersByTimeAsync(0);
    return event.defaultPrevented ? "stays" : "closes";
  }
  return { acts, state, close };
}

describe("closing the window", () => {
  it("closes it unasked when no run is under way", async () => {
    const { close, state } = setUp({ busy: false, choice: "back" });
    expect(await close()).toBe("closes");
    expect(state.asked).toBe(0);
  });

  it("hides it while the run goes on, and brings it back with the result", async () => {
    const { close, state, acts } = setUp({ busy: true, choice: "keep" });
    expect(await close()).toBe("stays");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(acts).toEqual(["hide"]);
    state.busy = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(acts).toEqual(["hide", "show", "focus"]);
  });

  it("ends it, and with it the run, when that is the choice", async () => {
    const { close, acts } = setUp({ busy: true, choice: "cancel" });
    expect(await close()).toBe("stays");
    expect(acts).toEqual(["destroy"]);
  });

  it("leaves everything as it is when the person goes back", async () => {
    const { close, acts } = setUp({ busy: true, choice: "back" });
    expect(await close()).toBe("stays");
    expect(acts).toEqual([]);
  });

  it("asks once however often the cross is clicked", async () => {
    const { close, state } = setUp({ busy: true, choice: "back" });
    await Promise.all([close(), close()]);
    expect(state.asked).toBe(1);
  });
});
