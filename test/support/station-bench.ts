import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";
import { startStation } from "../../src-main/station/station.ts";
import { createFakeFloppy } from "./fake-floppy.ts";

type Sent = { path: string; method?: string; headers?: IncomingHttpHeaders };
export type Opening = { cookie?: string; origin?: string; host?: string; path?: string };

/** A station over a fake core and a small page, and the means to talk to it as a browser, or worse, would. */
export async function openStationBench() {
  const folder = await mkdtemp(join(tmpdir(), "floppy-station-"));
  const rendererFolder = join(folder, "renderer");
  await mkdir(rendererFolder);
  await writeFile(join(rendererFolder, "index.html"), "<title>Floppy</title>");
  await writeFile(join(rendererFolder, "app.js"), "export {};");
  await writeFile(join(folder, "secret.txt"), "not to be served");
  const fake = createFakeFloppy();
  const station = await startStation({ floppy: fake.floppy, rendererFolder, port: 0 });
  const { host, port } = new URL(station.url);
  let stopped: Promise<void> | undefined;

  /** A request as it stands: neither path nor Host nor Origin is corrected on the way, as `fetch` would. */
  async function send({ path, method = "GET", headers = {} }: Sent) {
    const sent = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers } });
    sent.end();
    const [response] = await once(sent, "response");
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  /** Exchanges the token of `url`, a new one unless told otherwise, for the cookie. */
  async function letIn(url = station.newUrl()): Promise<string> {
    const { headers } = await send({ path: tokenPath(url) });
    return String(headers["set-cookie"]?.[0]).split(";")[0] ?? "";
  }

  async function openSocket(opening: Opening = {}) {
    const { cookie = await letIn(), path = "/api" } = opening;
    const headers = { cookie, host: opening.host ?? host };
    const origin = "origin" in opening ? opening.origin : `http://${headers.host}`;
    return new WebSocket(`ws://${host}${path}`, { headers, ...(origin && { origin }) });
  }

  const stop = () => {
    stopped ??= station.close();
    return stopped;
  };

  return {
    fake,
    station,
    rendererFolder,
    host,
    port: Number(port),
    send,
    letIn,
    openSocket,
    async connected(): Promise<WebSocket> {
      const socket = await openSocket();
      await once(socket, "open");
      return socket;
    },
    stop,
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type StationBench = Awaited<ReturnType<typeof openStationBench>>;

export const tokenPath = (url: string) => `/${new URL(url).search}`;

export async function answerOf(socket: WebSocket) {
  const [data] = await once(socket, "message");
  return JSON.parse(String(data));
}

export async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, "close");
  return code;
}
