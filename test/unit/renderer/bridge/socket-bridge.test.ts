import { expect, test } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import type { StationDoor } from "#contract/station.ts";
import { createSocketBridge, type Socket } from "../../../../src-renderer/bridge/socket-bridge.ts";
import { bench } from "../../../support/renderer/bench-data.ts";

type FakeSocket = Socket & { sent: { id: number; call: string }[]; answer(message: unknown): void };

const station: StationDoor = { signOutEverywhere: async () => {}, invite: async () => "" };

/** A station that is opened, answers and breaks as the test says; nothing waits for real time. */
async function stationWith(refusal: { error: FloppyError | null } = { error: null }) {
  const sockets: FakeSocket[] = [];
  const pauses: number[] = [];
  const heldBack: (() => void)[] = [];
  const bridge = createSocketBridge({
    station,
    async connect() {
      if (refusal.error) throw refusal.error;
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
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  async function reconnect() {
    heldBack.shift()?.();
    await settled();
  }
  await settled();
  return { bridge, latest, pauses, connections, reconnect };
}

test("a call made before the connection waits for it", async () => {
  const { bridge, latest } = await stationWith();
  const state = bridge.call("app.state", {});
  expect(latest().sent).toEqual([]);
  latest().onopen?.();
  expect(latest().sent).toEqual([{ id: 1, call: "app.state", input: {} }]);
  latest().answer({ id: 1, reply: { ok: true, value: bench() } });
  expect((await state).version).toBe("0.1.0");
});

test("answers find their call whatever their order", async () => {
  const { bridge, latest } = await stationWith();
  latest().onopen?.();
  const first = bridge.call("files.list", { path: "/a" });
  const second = bridge.call("files.list", { path: "/b" });
  const folder = (path: string) => ({ ok: true, value: { path, parent: null, entries: [], leftOut: 0 } });
  latest().answer({ id: 2, reply: folder("/b") });
  latest().answer({ id: 1, reply: folder("/a") });
  expect([(await first).path, (await second).path]).toEqual(["/a", "/b"]);
});

test("calls under way when the connection breaks are rejected, with what is safe", async () => {
  const { bridge, latest } = await stationWith();
  latest().onopen?.();
  const call = bridge.call("app.state", {});
  latest().onclose?.();
  await expect(call).rejects.toMatchObject({ hint: expect.stringContaining("Nothing was lost here") });
  await expect(bridge.call("app.state", {})).rejects.toMatchObject({ code: "INTERNAL" });
});

test("it reconnects with a growing pause, and starts small again after a success", async () => {
  const { latest, pauses, connections, reconnect } = await stationWith();
  latest().onopen?.();
  for (let time = 0; time < 7; time++) {
    latest().onclose?.();
    await reconnect();
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  latest().onopen?.();
  latest().onclose?.();
  expect(pauses.at(-1)).toBe(250);
  expect(connections).toEqual(["lost", "open", "lost"]);
});

test("the first connection is told to nobody: what was asked for waits for it anyway", async () => {
  const { latest, connections } = await stationWith();
  latest().onopen?.();
  expect(connections).toEqual([]);
});

test("a browser that is not let in says so in the station's words, and is let in when the station does", async () => {
  const door: { error: FloppyError | null } = {
    error: new FloppyError("UNAUTHORIZED", "Not let in.", "Open a new address."),
  };
  const { bridge, connections, latest, reconnect } = await stationWith(door);
  expect(connections).toEqual(["refused"]);
  await expect(bridge.call("app.state", {})).rejects.toMatchObject({ hint: "Open a new address." });
  door.error = null;
  await reconnect();
  latest().onopen?.();
  expect(connections).toEqual(["refused", "open"]);
});

test("garbage on the wire is ignored", async () => {
  const { bridge, latest } = await stationWith();
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
