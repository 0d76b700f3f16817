import { describe, expect, it } from "vitest";
import { createTurns } from "../../../../src-main/adapters/downloads/turns.ts";

const never = new AbortController().signal;
const deaf = () => undefined;

/** Work that ends when it is told to, and says when it begins. */
function work() {
  const begun = Promise.withResolvers<(progress: number) => void>();
  const end = Promise.withResolvers<string>();
  return {
    begun: begun.promise,
    end,
    do: (tell: (progress: number) => void) => {
      begun.resolve(tell);
      return end.promise;
    },
  };
}

describe("turns", () => {
  it("does work on the same thing one after the other, and tells all who wait how far it is", async () => {
    const turns = createTurns<number>();
    const [first, second] = [work(), work()];
    const heard: number[] = [];
    const one = turns.take("image", deaf, never, first.do);
    const two = turns.take("image", (progress) => heard.push(progress), never, second.do);
    (await first.begun)(50);
    expect(heard).toEqual([50]);
    first.end.resolve("first");
    await second.begun;
    second.end.resolve("second");
    expect(await Promise.all([one, two])).toEqual(["first", "second"]);
  });

  it("does the next one's work where the one before failed", async () => {
    const turns = createTurns<number>();
    const first = work();
    const one = turns.take("image", deaf, never, first.do);
    const two = turns.take("image", deaf, never, async () => "second");
    first.end.reject(new Error("no network"));
    await expect(one).rejects.toThrow("no network");
    expect(await two).toBe("second");
  });

  it("lets one leave who waits, and keeps the next one waiting", async () => {
    const turns = createTurns<number>();
    const first = work();
    const abort = new AbortController();
    const began: string[] = [];
    const one = turns.take("image", deaf, never, first.do);
    const two = turns.take("image", deaf, abort.signal, async () => began.push("second"));
    abort.abort();
    await expect(two).rejects.toMatchObject({ code: "CANCELLED" });
    const three = turns.take("image", deaf, never, async () => began.push("third"));
    await new Promise(setImmediate);
    expect(began).toEqual([]);
    first.end.resolve("first");
    await Promise.all([one, three]);
    expect(began).toEqual(["third"]);
  });
});
