import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Floppy } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { isSameOrigin } from "./loopback.ts";
import type { Answer } from "./messages.ts";
import { createSession } from "./session.ts";
import { send, serveSocket } from "./socket.ts";
import { createWeb } from "./web.ts";

const MAX_MESSAGE_BYTES = 1024 ** 2;
const GOING_AWAY = 1001;
/** How long a browser has to answer the goodbye. */
const GOODBYE_MS = 500;

export type Station = {
  /** The address with a token that works once. */
  url: string;
  /** The same with a new token. */
  newUrl(): string;
  close(): Promise<void>;
};

function refuseUpgrade(stream: Duplex, status: number) {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
}

async function listen(server: Server, port: number) {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    throw new FloppyError(
      "INVALID_INPUT",
      `Port ${port} of 127.0.0.1 cannot be used; another program may have it.`,
      "Nothing was started. Leave out --port to get a free one.",
    );
  }
}

/** Opens the loopback door: the renderer over HTTP, the calls over one WebSocket at `/api`. Port 0: any free one. */
export async function startStation(options: {
  floppy: Floppy;
  rendererFolder: string;
  port: number;
}): Promise<Station> {
  const { floppy, rendererFolder, port } = options;
  const session = createSession();
  const server = createServer(createWeb(session, rendererFolder));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  function mayConnect({ headers }: IncomingMessage) {
    return isSameOrigin(headers.origin, headers.host) && session.admits(headers.cookie);
  }

  server.on("upgrade", (request, stream, head) => {
    stream.on("error", () => stream.destroy());
    if (!mayConnect(request)) return refuseUpgrade(stream, 403);
    if (request.url !== "/api") return refuseUpgrade(stream, 404);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      sockets.emit("connection", socket);
      serveSocket(socket, floppy.handlers);
    });
  });

  const unsubscribe = floppy.subscribe((notification) => {
    const text = JSON.stringify({ notification } satisfies Answer);
    for (const socket of sockets.clients) send(socket, text);
  });

  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  const newUrl = () => `http://127.0.0.1:${actualPort}/?token=${session.issueToken()}`;

  return {
    url: newUrl(),
    newUrl,
    async close() {
      unsubscribe();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const socket of sockets.clients) {
        socket.close(GOING_AWAY, "The station was stopped.");
        setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
      }
      await closed;
    },
  };
}
