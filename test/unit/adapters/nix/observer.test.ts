import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createObserver } from "#adapters/nix/observer.ts";
import { emptyNixStream, readNixLine } from "#core/images/nix-stream.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An observer that writes down what it is told, and a way to send it lines. */
function observed() {
  const lines: string[] = [];
  let progressCount = 0;
  const { watch, finish } = createObserver({
    progress: () => {
      progressCount += 1;
    },
    log: (_, text) => void lines.push(text),
  });
  let stream = emptyNixStream;
  const send = (...sent: string[]) => {
    for (const line of sent) {
      stream = readNixLine(stream, line);
      watch(stream);
    }
  };
  return { lines, progress: () => progressCount, send, finish };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

describe("what a build tells", () => {
  test("comes four times a second, however much there is", () => {
    const { progress, send } = observed();
    for (let millisecond = 0; millisecond < 1000; millisecond += 10) {
      send("busy");
      vi.advanceTimersByTime(10);
    }
    expect(progress()).toBe(4);
  });

  test("has every line, once and in order", () => {
    const { lines, send, finish } = observed();
    send("one", "two");
    vi.advanceTimersByTime(250);
    send("three");
    finish();
    expect(lines).toEqual(["one", "two", "three"]);
  });

  test("has only the last of a flood, and says how many it left out", () => {
    const { lines, send } = observed();
    send(...numbered(1000));
    vi.advanceTimersByTime(250);
    expect(lines).toHaveLength(101);
    expect(lines[0]).toBe("… 900 lines left out …");
    expect(lines.at(-1)).toBe("line 999");
  });

  test("ends when the build does", () => {
    const { lines, progress, send, finish } = observed();
    send("last");
    finish();
    vi.advanceTimersByTime(1000);
    expect([lines, progress()]).toEqual([["last"], 1]);
  });
});
