import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { FloppyError } from "#contract/errors.ts";
import {
  answerOf,
  closeCode,
  type Opening,
  openStationBench,
  type StationBench,
} from "../../support/station-bench.ts";

let bench: StationBench;

beforeEach(async () => {
  bench = await openStationBench();
});
afterEach(() => bench.remove());

describe("the socket", () => {
  it("carries a call to the core and its reply back", async () => {
    bench.fake.answer("devices.identify", async ({ text: serial }) => ({
      serial,
      host: "raspberry",
      hostname: "rpi-00001",
      known: null,
    }));
    const socket = await bench.connected();
    socket.send(JSON.stringify({ id: 7, call: "devices.identify", input: { text: "FLOPPY-RPI-00001" } }));
    expect(await answerOf(socket)).toMatchObject({
      id: 7,
      reply: { ok: true, value: { serial: "FLOPPY-RPI-00001" } },
    });
  });

  it("carries the core's own error with its code and hint", async () => {
    bench.fake.answer("devices.show", async () => {
      throw new FloppyError("DEVICE_UNKNOWN", "No such device.", "Add it first.");
    });
    const socket = await bench.connected();
    socket.send(JSON.stringify({ id: "a", call: "devices.show", input: { serial: "X" } }));
    expect(await answerOf(socket)).toEqual({
      id: "a",
      reply: {
        ok: false,
        error: { code: "DEVICE_UNKNOWN", message: "No such device.", hint: "Add it first.", details: {} },
      },
    });
  });

  it("refuses an unknown call and a bad input with a code, and goes on", async () => {
    const socket = await bench.connected();
    for (const [call, input, code] of [
      ["toString", {}, "UNKNOWN_CALL"],
      ["__proto__", {}, "UNKNOWN_CALL"],
      ["devices.identify", { text: 5 }, "INVALID_INPUT"],
      ["devices.identify", { text: "x", more: 1 }, "INVALID_INPUT"],
      ["devices.identify", null, "INVALID_INPUT"],
    ]) {
      socket.send(JSON.stringify({ id: 1, call, input }));
      expect(await answerOf(socket)).toMatchObject({ id: 1, reply: { ok: false, error: { code } } });
    }
    expect(bench.fake.received).toEqual([]);
    socket.send(JSON.stringify({ id: 2, call: "app.state", input: {} }));
    expect(await answerOf(socket)).toMatchObject({ id: 2, reply: { ok: true } });
  });

  it("brings the core's notifications to every browser", async () => {
    const sockets = [await bench.connected(), await bench.connected()];
    const heard = Promise.all(sockets.map(answerOf));
    bench.fake.notify({ event: "drives", payload: [] });
    const notification = { event: "drives", payload: [] };
    expect(await heard).toEqual([{ notification }, { notification }]);
  });

  it.each([
    ["without a secret", { secret: "" }],
    ["with another secret", { secret: "guess" }],
    ["from a page elsewhere", { origin: "http://evil.com" }],
    ["from another port of this machine", { origin: "http://127.0.0.1:1" }],
    ["without an origin", { origin: undefined }],
    ["under a foreign name", { host: "evil.com", origin: "http://evil.com" }],
  ] as [string, Opening][])("is refused %s", async (_, opening) => {
    const socket = await bench.openSocket(opening);
    const [error] = await once(socket, "error");
    expect(error.message).toContain("403");
  });

  it("tells nobody the secret in its answer", async () => {
    const socket = await bench.connected();
    expect(socket.protocol).toBe("floppy");
  });

  it("of every browser is closed when all are signed out, and opens no more with what it had", async () => {
    const secret = await bench.letIn();
    const sockets = [await bench.connected(), await bench.connected()];
    const closed = Promise.all(sockets.map(closeCode));
    bench.station.signOutEverywhere();
    expect(await closed).toEqual([1008, 1008]);
    const [error] = await once(await bench.openSocket({ secret }), "error");
    expect(error.message).toContain("403");
  });

  it("is at one place only", async () => {
    const [error] = await once(await bench.openSocket({ path: "/elsewhere" }), "error");
    expect(error.message).toContain("404");
  });
});

describe("garbage on the socket closes it and harms nobody else", () => {
  const garbage: [string, number, (socket: WebSocket) => void][] = [
    ["no JSON", 1008, (socket) => socket.send("{")],
    ["JSON that is no message", 1008, (socket) => socket.send("[1,2]")],
    ["binary", 1008, (socket) => socket.send(Buffer.from(`{"id":1,"call":"app.state","input":{}}`))],
    ["more than a mebibyte", 1009, (socket) => socket.send(`"${"x".repeat(1024 ** 2)}"`)],
    [
      "a broken frame",
      1002,
      (socket) => Reflect.get(socket, "_socket").write(Buffer.from([0xff, 0xff, 0xff])),
    ],
  ];

  it.each(garbage)("%s", async (_, code, break_) => {
    const bystander = await bench.connected();
    const socket = await bench.connected();
    break_(socket);
    expect(await closeCode(socket)).toBe(code);
    bystander.send(JSON.stringify({ id: 1, call: "app.state", input: {} }));
    expect(await answerOf(bystander)).toMatchObject({ id: 1, reply: { ok: true } });
  });

  it("more calls at once than any page of ours would make", async () => {
    bench.fake.answer("app.state", () => new Promise(() => {}));
    const socket = await bench.connected();
    for (let id = 0; id <= 64; id++) socket.send(JSON.stringify({ id, call: "app.state", input: {} }));
    expect(await closeCode(socket)).toBe(1008);
    expect(bench.fake.received).toHaveLength(64);
  });
});

it("closes with sockets open, and lets go of the core", async () => {
  const socket = await bench.connected();
  const closed = closeCode(socket);
  await bench.stop();
  expect(await closed).toBe(1001);
  expect(bench.fake.listeners.size).toBe(0);
  await expect(bench.send({ path: "/" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
