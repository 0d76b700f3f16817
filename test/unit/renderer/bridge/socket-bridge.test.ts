import { expect, test } from "vitest";
import { createSocketBridge, type Socket } from "../../../../src-renderer/bridge/socket-bridge.ts";
import { bench } from "../../../support/renderer/bench-data.ts";

type FakeSocket = Socket & { sent: { id: number; call: string }[]; answer(message: unknown): void };

/** A station that is opened, answers and breaks as the test says; nothing waits for real time. */
function station() {
  const sockets: FakeSocket[] = [];
  const pauses: number[] = [];
  const heldBack: (() => void)[] = [];
  const bridge = createSocketBridge({
    connect() {
      const socket: FakeSocket = {
        sent: [],
        send: (text) => socket.sent.push(JSON.parse(text)),
        answer: (message) => socket.onmessage?.({ data: JSON.stringify(message) }),
        onopen: null,
        onclose: null,
        onmessage: null,
      };
      sockets.push(socket);
      return socket;
    },
    later(act, milliseconds) {
      pauses.push(milliseconds);
      heldBack.push(act);
    },
  });
  const connections: string[] = [];
  bridge.watchConnection((connection) => connections.push(connection));
  const latest = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("Nobody has connected.");
    return socket;
  };
  return { bridge, latest, pauses, connections, reconnect: () => heldBack.shift()?.() };
}

test("a call made before the connection waits for it", async () => {
  const { bridge, latest } = station();
  const state = bridge.call("app.state", {});
  expect(latest().sent).toEqual([]);
  latest().onopen?.();
  expect(latest().sent).toEqual([{ id: 1, call: "app.state", input: {} }]);
  latest().answer({ id: 1, reply: { ok: true, value: bench() } });
  expect((await state).version).toBe("0.1.0");
});

test("answers find their call whatever their order", async () => {
  const { bridge, latest } = station();
  latest().onopen?.();
  const first = bridge.call("files.list", { path: "/a" });
  const second = bridge.call("files.list", { path: "/b" });
  const folder = (path: string) => ({ ok: true, value: { path, parent: null, entries: [] } });
  latest().answer({ id: 2, reply: folder("/b") });
  latest().answer({ id: 1, reply: folder("/a") });
  expect([(await first).path, (await second).path]).toEqual(["/a", "/b"]);
});

test("calls under way when the connection breaks are rejected, with what is safe", async () => {
  const { bridge, latest } = station();
  latest().onopen?.();
  const call = bridge.call("app.state", {});
  latest().onclose?.();
  await expect(call).rejects.toMatchObject({ hint: expect.stringContaining("Nothing was lost here") });
  await expect(bridge.call("app.state", {})).rejects.toMatchObject({ code: "INTERNAL" });
});

test("it reconnects with a growing pause, and starts small again after a success", () => {
  const { latest, pauses, connections, reconnect } = station();
  latest().onopen?.();
  for (let time = 0; time < 7; time++) {
    latest().onclose?.();
    reconnect();
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  latest().onopen?.();
  latest().onclose?.();
  expect(pauses.at(-1)).toBe(250);
  expect(connections).toEqual(["open", "lost", "open", "lost"]);
});

test("garbage on the wire is ignored", () => {
  const { bridge, latest } = station();
  const heard: string[] = [];
  bridge.subscribe((notification) => heard.push(notification.event));
  latest().onopen?.();
  latest().onmessage?.({ data: "{not json" });
  latest().answer([]);
  latest().answer({ id: "1", reply: {} });
  latest().answer({ notification: { event: "drives", payload: "none" } });
  latest().answer({ notification: { event: "drives", payload: [] } });
  expect(heard).toEqual(["drives"]);
});
