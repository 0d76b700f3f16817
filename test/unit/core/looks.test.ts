import { beforeEach, describe, expect, it } from "vitest";
import { type Look, shareLook } from "#core/looks.ts";
import { refusal } from "../../support/runs.ts";

type Begun = { input: string; signal: AbortSignal; answer(text: string): void };

let begun: Begun[];
let ask: Look<string, string>;

const stays = new AbortController().signal;
const settled = () => new Promise(setImmediate);

beforeEach(() => {
  begun = [];
  ask = shareLook(
    (input: string, signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("ended")));
        begun.push({ input, signal, answer: resolve });
      }),
  );
});

describe("a look that is shared", () => {
  it("is looked up once for all who ask the same meanwhile", async () => {
    const answers = [ask("card.img", stays), ask("card.img", stays), ask("card.img", stays)];
    await settled();
    expect(begun).toHaveLength(1);
    begun[0]?.answer("64 MiB");
    await expect(Promise.all(answers)).resolves.toEqual(["64 MiB", "64 MiB", "64 MiB"]);
  });

  it("is looked up anew once it was answered", async () => {
    const first = ask("card.img", stays);
    await settled();
    begun[0]?.answer("64 MiB");
    await first;
    void ask("card.img", stays);
    await settled();
    expect(begun).toHaveLength(2);
  });

  it("tells each who asked of a failure", async () => {
    ask = shareLook(async () => Promise.reject(new Error("gone")));
    const answers = await Promise.allSettled([ask("a", stays), ask("a", stays)]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

describe("who leaves", () => {
  it("ends the work with the last one", async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const answers = [ask("card.img", one.signal), ask("card.img", other.signal)];
    await settled();
    one.abort();
    await expect(answers[0]).rejects.toEqual(refusal("CANCELLED"));
    expect(begun[0]?.signal.aborted).toBe(false);
    other.abort();
    await expect(answers[1]).rejects.toEqual(refusal("CANCELLED"));
    expect(begun[0]?.signal.aborted).toBe(true);
  });

  it("leaves the answer to those who stay", async () => {
    const leaving = new AbortController();
    const left = ask("card.img", leaving.signal);
    const staying = ask("card.img", stays);
    await settled();
    leaving.abort();
    begun[0]?.answer("64 MiB");
    await expect(left).rejects.toEqual(refusal("CANCELLED"));
    await expect(staying).resolves.toBe("64 MiB");
  });

  it("is not waited for by whoever asks the same afterwards", async () => {
    const leaving = new AbortController();
    const left = ask("card.img", leaving.signal);
    await settled();
    leaving.abort();
    await expect(left).rejects.toEqual(refusal("CANCELLED"));
    void ask("card.img", stays);
    await settled();
    expect(begun).toHaveLength(2);
    expect(begun[1]?.signal.aborted).toBe(false);
  });

  it("gives a question up that was still waiting", async () => {
    const leaving = new AbortController();
    void ask("a", stays);
    void ask("b", stays);
    const waiting = ask("c", leaving.signal);
    leaving.abort();
    await expect(waiting).rejects.toEqual(refusal("CANCELLED"));
    await settled();
    for (const { answer } of begun) answer("");
    await settled();
    expect(begun.map(({ input }) => input)).toEqual(["a", "b"]);
  });
});

describe("a crowd", () => {
  const ended = new AbortController();

  it("is served two at a time, in its order", async () => {
    const answers = ["a", "b", "c"].map((input) => ask(input, stays));
    await settled();
    expect(begun.map(({ input }) => input)).toEqual(["a", "b"]);
    begun[1]?.answer("");
    await answers[1];
    await settled();
    expect(begun.map(({ input }) => input)).toEqual(["a", "b", "c"]);
  });

  it("is told to come again where too many wait, and costs nothing", async () => {
    const answers = Array.from({ length: 66 }, (_, index) => ask(`${index}`, ended.signal));
    const settledLater = Promise.allSettled(answers);
    for (const late of ["x", "y"]) await expect(ask(late, stays)).rejects.toEqual(refusal("TOO_BUSY"));
    ended.abort();
    await settledLater;
    expect(begun).toHaveLength(2);
    void ask("z", stays);
    await settled();
    expect(begun.at(-1)?.input).toBe("z");
  });
});
