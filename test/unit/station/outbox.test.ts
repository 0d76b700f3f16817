import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOutbox, type OutboxSocket } from "../../../src-main/station/outbox.ts";

const STALL_MS = 30_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A browser's end that takes a piece when the test says so. */
function browser() {
  const events = new EventEmitter();
  const pieces: { text: string; fin: boolean; taken: () => void }[] = [];
  const socket = {
    OPEN: 1 as const,
    readyState: 1 as 0 | 1 | 2 | 3,
    send(data: unknown, options: { fin?: boolean }, taken: () => void) {
      pieces.push({ text: String(data), fin: options.fin === true, taken });
    },
    ping: vi.fn(),
    terminate() {
      socket.readyState = 3;
    },
    on: events.on.bind(events),
  };
  const outbox = createOutbox(socket as unknown as OutboxSocket, STALL_MS);
  async function take() {
    pieces.at(-1)?.taken();
    await vi.advanceTimersByTimeAsync(0);
  }
  return {
    outbox,
    pieces,
    take,
    pong: () => events.emit("pong"),
    isCut: () => socket.readyState === 3,
    reply: (value: unknown) => outbox.addReply({ id: 1, reply: { ok: true, value } }, () => {}),
  };
}

const large = "x".repeat(10 * 64 * 1024);

describe("a browser", () => {
  it("gets one message after the other, a large one in pieces that make up the whole", async () => {
    const { outbox, pieces, take, reply } = browser();
    reply(large);
    outbox.addNotification({ event: "drives", payload: [] });
    while (!pieces.at(-1)?.text.includes("drives")) await take();
    const first = pieces.slice(0, -1);
    expect(first.map(({ fin }) => fin)).toEqual([...first.slice(1).map(() => false), true]);
    expect(JSON.parse(first.map(({ text }) => text).join(""))).toMatchObject({ reply: { value: large } });
  });

  it("that takes a piece now and then is never cut off, however much waits for it", async () => {
    const { isCut, take, reply } = browser();
    for (let count = 0; count < 10; count++) reply(large);
    for (let piece = 0; piece < 100; piece++) {
      await vi.advanceTimersByTimeAsync(STALL_MS);
      await take();
    }
    expect(isCut()).toBe(false);
  });

  it("that answers what it is asked in between reads, though the kernel takes nothing more for long", async () => {
    const { isCut, pong, reply } = browser();
    reply(large);
    for (let count = 0; count < 20; count++) {
      await vi.advanceTimersByTimeAsync(STALL_MS);
      pong();
    }
    expect(isCut()).toBe(false);
  });

  it("that reads nothing is cut off, however little waits for it, and whatever happens meanwhile", async () => {
    const { outbox, isCut } = browser();
    for (let second = 0; second <= (1.5 * STALL_MS) / 1000; second++) {
      outbox.addNotification({ event: "drives", payload: [] });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(isCut()).toBe(true);
  });

  it("for which nothing waits is left alone", async () => {
    const { isCut, take, reply } = browser();
    reply("small");
    await take();
    await vi.advanceTimersByTimeAsync(10 * STALL_MS);
    expect(isCut()).toBe(false);
  });
});
