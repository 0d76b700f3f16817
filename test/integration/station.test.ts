import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FloppyError } from "#contract/errors.ts";
import { type Station, startStation } from "../../src-main/station/station.ts";
import { createFakeFloppy } from "../support/fake-floppy.ts";

let folder: string;
let station: Station;
let fake: ReturnType<typeof createFakeFloppy>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-station-"));
  await mkdir(join(folder, "renderer"));
  await writeFile(join(folder, "renderer/index.html"), "<title>Floppy</title>");
  await writeFile(join(folder, "renderer/app.js"), "export {};");
  await writeFile(join(folder, "secret.txt"), "not to be served");
  fake = createFakeFloppy();
  station = await startStation({ floppy: fake.floppy, rendererFolder: join(folder, "renderer"), port: 0 });
});

afterEach(async () => {
  await station.close();
  await rm(folder, { recursive: true, force: true });
});

type Sent = { path: string; method?: string; headers?: IncomingHttpHeaders };

/** A request as it stands: neither path nor Host nor Origin is corrected on the way, as `fetch` would. */
async function send({ path, method = "GET", headers = {} }: Sent) {
  const { port, host } = new URL(station.url);
  const sent = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers } });
  sent.end();
  const [response] = await once(sent, "response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

async function letIn(url = station.url): Promise<string> {
  const { headers } = await send({ path: url.slice(url.indexOf("/?")) });
  return String(headers["set-cookie"]?.[0]).split(";")[0] ?? "";
}

const tokenPath = (url: string) => `/${new URL(url).search}`;

describe("the token", () => {
  it("is exchanged for a cookie, and the browser is sent to a clean address", async () => {
    const { status, headers } = await send({ path: tokenPath(station.url) });
    expect(status).toBe(303);
    expect(headers.location).toBe("/");
    const page = await send({ path: "/", headers: { cookie: headers["set-cookie"]?.[0] } });
    expect(page).toMatchObject({ status: 200, body: "<title>Floppy</title>" });
  });

  it("opens nothing when it is missing, wrong or used, and the page says how to get a new one", async () => {
    await letIn();
    for (const path of ["/", "/?token=", "/?token=guess", tokenPath(station.url), "/app.js"]) {
      const { status, body, headers } = await send({ path });
      expect({ path, status }).toEqual({ path, status: 403 });
      expect(body).toContain(`kill -USR2 ${process.pid}`);
      expect(headers["set-cookie"]).toBeUndefined();
    }
  });

  it("that is used again by the browser it let in leads to the page", async () => {
    const cookie = await letIn();
    const again = await send({ path: tokenPath(station.url), headers: { cookie } });
    expect(again).toMatchObject({ status: 303, headers: { location: "/" } });
  });

  it("can be had anew while those let in stay in", async () => {
    const first = await letIn();
    const second = await letIn(station.newUrl());
    for (const cookie of [first, second]) {
      expect(await send({ path: "/", headers: { cookie } })).toMatchObject({ status: 200 });
    }
  });
});

describe("the files", () => {
  it("are served with the policy, unsniffed, and never kept", async () => {
    const { headers } = await send({ path: "/", headers: { cookie: await letIn() } });
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "content-type": "text/html;charset=utf-8",
    });
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/app.js/../../secret.txt",
    "/%00",
    "//",
  ])("end at the renderer's folder: %s", async (path) => {
    const { status, body } = await send({ path, headers: { cookie: await letIn() } });
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("not to be served");
  });

  it("cannot be written", async () => {
    const answer = await send({ path: "/", method: "POST", headers: { cookie: await letIn() } });
    expect(answer.status).toBe(405);
  });
});

describe("a stranger's page", () => {
  it.each(["evil.com", "evil.com:80", "127.0.0.1.nip.io"])(
    "that points its own name %s here gets nothing, not even for a good token",
    async (host) => {
      const answer = await send({ path: tokenPath(station.url), headers: { host } });
      expect(answer.status).toBe(403);
      expect(await letIn()).toMatch(/^floppy-/);
    },
  );

  it("gets nothing with a cookie that it does not own", async () => {
    const cookie = await letIn();
    const answer = await send({ path: "/app.js", headers: { cookie, origin: "http://evil.com" } });
    expect(answer.status).toBe(403);
  });

  it("through a tunnel the station's own page works under the tunnel's port", async () => {
    const cookie = await letIn();
    const answer = await send({ path: "/", headers: { cookie, host: "localhost:9000" } });
    expect(answer.status).toBe(200);
  });
});

type Opening = { cookie?: string; origin?: string; host?: string; path?: string };

async function openSocket(opening: Opening = {}) {
  const { host } = new URL(station.url);
  const { cookie = await letIn(), path = "/api" } = opening;
  const headers = { cookie, host: opening.host ?? host };
  const origin = "origin" in opening ? opening.origin : `http://${headers.host}`;
  return new WebSocket(`ws://${host}${path}`, { headers, ...(origin && { origin }) });
}

async function connected(): Promise<WebSocket> {
  const socket = await openSocket();
  await once(socket, "open");
  return socket;
}

async function answerOf(socket: WebSocket) {
  const [data] = await once(socket, "message");
  return JSON.parse(String(data));
}

describe("the socket", () => {
  it("carries a call to the core and its reply back", async () => {
    fake.answer("devices.identify", async ({ text: serial }) => ({
      serial,
      host: "raspberry",
      hostname: "rpi-00001",
      known: null,
    }));
    const socket = await connected();
    socket.send(JSON.stringify({ id: 7, call: "devices.identify", input: { text: "FLOPPY-RPI-00001" } }));
    expect(await answerOf(socket)).toMatchObject({
      id: 7,
      reply: { ok: true, value: { serial: "FLOPPY-RPI-00001" } },
    });
  });

  it("carries the core's own error with its code and hint", async () => {
    fake.answer("devices.show", async () => {
      throw new FloppyError("DEVICE_UNKNOWN", "No such device.", "Add it first.");
    });
    const socket = await connected();
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
    const socket = await connected();
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
    expect(fake.received).toEqual([]);
    socket.send(JSON.stringify({ id: 2, call: "app.state", input: {} }));
    expect(await answerOf(socket)).toMatchObject({ id: 2, reply: { ok: true } });
  });

  it("brings the core's notifications to every browser", async () => {
    const sockets = [await connected(), await openWithNewToken()];
    const heard = Promise.all(sockets.map(answerOf));
    fake.notify({ event: "drives", payload: [] });
    const notification = { event: "drives", payload: [] };
    expect(await heard).toEqual([{ notification }, { notification }]);
  });

  async function openWithNewToken() {
    const socket = await openSocket({ cookie: await letIn(station.newUrl()) });
    await once(socket, "open");
    return socket;
  }

  it.each([
    ["without a cookie", { cookie: "" }],
    ["with another cookie", { cookie: "floppy-00000000=x" }],
    ["from a page elsewhere", { origin: "http://evil.com" }],
    ["from another port of this machine", { origin: "http://127.0.0.1:1" }],
    ["without an origin", { origin: undefined }],
    ["under a foreign name", { host: "evil.com", origin: "http://evil.com" }],
  ] as [string, Opening][])("is refused %s", async (_, opening) => {
    const socket = await openSocket(opening);
    const [error] = await once(socket, "error");
    expect(error.message).toContain("403");
  });

  it("is at one place only", async () => {
    const [error] = await once(await openSocket({ path: "/elsewhere" }), "error");
    expect(error.message).toContain("404");
  });
});

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, "close");
  return code;
}

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
    const bystander = await connected();
    const socket = await openSocket({ cookie: await letIn(station.newUrl()) });
    await once(socket, "open");
    break_(socket);
    expect(await closeCode(socket)).toBe(code);
    bystander.send(JSON.stringify({ id: 1, call: "app.state", input: {} }));
    expect(await answerOf(bystander)).toMatchObject({ id: 1, reply: { ok: true } });
  });

  it("more calls at once than any page of ours would make", async () => {
    fake.answer("app.state", () => new Promise(() => {}));
    const socket = await connected();
    for (let id = 0; id <= 64; id++) socket.send(JSON.stringify({ id, call: "app.state", input: {} }));
    expect(await closeCode(socket)).toBe(1008);
    expect(fake.received).toHaveLength(64);
  });
});

it("cuts off a browser that does not read, instead of keeping everything for it", async () => {
  const { host, port } = new URL(station.url);
  const cookie = await letIn();
  const stream = connect(Number(port), "127.0.0.1");
  stream.write(
    `GET /api HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nCookie: ${cookie}\r\n` +
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
  );
  await once(stream, "data");
  stream.pause();
  stream.on("error", () => {});

  const line = {
    at: new Date().toISOString(),
    phase: null,
    level: "info",
    text: "x".repeat(1024 ** 2),
  } as const;
  for (let count = 0; count < 64; count++) {
    fake.notify({ event: "log", payload: { runId: "run", lines: [line] } });
  }
  let received = 0;
  stream.on("data", (data) => {
    received += data.length;
  });
  stream.resume();
  await once(stream, "close");
  expect(received).toBeLessThan(16 * 1024 ** 2);
});

it("says which port is taken", async () => {
  const port = Number(new URL(station.url).port);
  const second = startStation({ floppy: fake.floppy, rendererFolder: join(folder, "renderer"), port });
  await expect(second).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining(`${port}`),
  });
});

it("closes with sockets open, and lets go of the core", async () => {
  const socket = await connected();
  const closed = closeCode(socket);
  await station.close();
  expect(await closed).toBe(1001);
  expect(fake.listeners.size).toBe(0);
  await expect(send({ path: "/" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  station = await startStation({ floppy: fake.floppy, rendererFolder: join(folder, "renderer"), port: 0 });
});
