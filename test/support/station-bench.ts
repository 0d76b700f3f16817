import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { WebSocket } from "ws";
import { startStation } from "../../src-main/station/station.ts";
import { createFakeFloppy } from "./fake-floppy.ts";

type Sent = { path: string; method?: string; headers?: IncomingHttpHeaders };
export type Opening = { secret?: string; origin?: string; host?: string; path?: string };
type BenchOptions = { rendererFolder?: string; stallMs?: number };

/** A page of a few files, and one beside it. */
async function makeRenderer(folder: string): Promise<string> {
  const rendererFolder = join(folder, "renderer");
  await mkdir(join(rendererFolder, "assets"), { recursive: true });
  await writeFile(join(rendererFolder, "index.html"), "<title>Floppy</title>");
  await writeFile(join(rendererFolder, "app.js"), "export {};");
  await writeFile(join(rendererFolder, "assets/index-Dk3f9a.js"), "export const floppy = 1;\n".repeat(1000));
  await writeFile(join(folder, "secret.txt"), "not to be served");
  return rendererFolder;
}

/** A station over a fake core and a small page, and the means to talk to it as a browser, or worse, would. */
export async function openStationBench(options: BenchOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), "floppy-station-"));
  const rendererFolder = options.rendererFolder ?? (await makeRenderer(folder));
  const fake = createFakeFloppy();
  const announced: string[] = [];
  const station = await startStation({
    floppy: fake.floppy,
    rendererFolder,
    port: 0,
    announce: (url) => announced.push(url),
    ...(options.stallMs && { stallMs: options.stallMs }),
  });
  const { host, port } = new URL(station.url);
  let stopped: Promise<void> | undefined;

  /** A request as it stands: neither path nor Host nor Origin is corrected on the way, as `fetch` would. */
  async function send({ path, method = "GET", headers = {} }: Sent) {
    const sent = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers } });
    sent.end();
    const [response] = await once(sent, "response");
    const bytes = await buffer(response);
    return { status: response.statusCode, headers: response.headers, bytes, body: String(bytes) };
  }

  /** What a page of the station would ask. */
  const ask = (method: string, path: string, secret: string, headers: IncomingHttpHeaders = {}) =>
    send({
      path,
      method,
      headers: { origin: `http://${host}`, authorization: `Bearer ${secret}`, ...headers },
    });

  /** Exchanges the token of `url`, a new one unless told otherwise, for the session's secret. */
  async function letIn(url = station.newUrl()): Promise<string> {
    const { body } = await ask("POST", "/session", tokenOf(url));
    return JSON.parse(body).secret;
  }

  async function openSocket(opening: Opening = {}) {
    const { secret = await letIn(), path = "/api" } = opening;
    const headers = { host: opening.host ?? host };
    const origin = "origin" in opening ? opening.origin : `http://${headers.host}`;
    return new WebSocket(`ws://${host}${path}`, ["floppy", secret].filter(Boolean), {
      headers,
      ...(origin && { origin }),
    });
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
    announced,
    send,
    ask,
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

export const tokenOf = (url: string) => new URL(url).searchParams.get("token") ?? "";

export async function answerOf(socket: WebSocket) {
  const [data] = await once(socket, "message");
  return JSON.parse(String(data));
}

export async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, "close");
  return code;
}
