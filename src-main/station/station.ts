import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ServerOptions, WebSocketServer } from "ws";
import type { Floppy } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { SOCKET_PATH, SOCKET_PROTOCOL } from "#contract/station.ts";
import { limitConnections } from "./connections.ts";
import { readPageFiles } from "./files.ts";
import { isSameOrigin } from "./loopback.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createSession } from "./session.ts";
import { serveSocket } from "./socket.ts";
import { createWeb } from "./web.ts";

const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** How long a browser has to answer the goodbye. */
const GOODBYE_MS = 500;
/** How long a browser may read nothing of what waits for it. */
const STALL_MS = 30_000;

/** A page takes six connections; the rest is room for those that a flood has not pushed out yet. */
const MOST_STRANGERS = 256;
const MOST_BROWSERS = 64;
/** Loopback answers at once: whoever takes longer to ask, or to read, has something else in mind. */
const patience = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
const IDLE_MS = 30_000;

// The types of ws do not know `closeTimeout` yet.
const socketOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  maxPayload: 1024 ** 2,
  perMessageDeflate: false,
  closeTimeout: GOODBYE_MS,
  handleProtocols: () => SOCKET_PROTOCOL,
};

export type Station = {
  /** The address with a token that works once. */
  url: string;
  /** The same with a new token. */
  newUrl(): string;
  /** Nobody is in any more; a new address is announced. */
  signOutEverywhere(): void;
  close(): Promise<void>;
};

export type StationOptions = {
  floppy: Floppy;
  rendererFolder: string;
  /** 0: any free one. */
  port: number;
  /** Told each address that takes the place of the first. */
  announce?(url: string): void;
  stallMs?: number;
};

function refuseUpgrade(stream: Duplex, status: number) {
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`;
  stream.end(answer, () => stream.destroy());
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

/** The secret that a page shows behind the protocol's name. */
function shownSecret({ headers }: IncomingMessage): string {
  const [protocol, secret] = (headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/);
  return protocol === SOCKET_PROTOCOL ? (secret ?? "") : "";
}

/** Opens the loopback door: the renderer over HTTP, the calls over one WebSocket at `/api`. */
export async function startStation(options: StationOptions): Promise<Station> {
  const { floppy, rendererFolder, port, announce, stallMs = STALL_MS } = options;
  const session = createSession();
  const outboxes = new Set<Outbox>();
  const files = await readPageFiles(rendererFolder);
  const server = createServer(patience, createWeb({ session, files, signOutEverywhere }));
  server.setTimeout(IDLE_MS);
  const connections = limitConnections(server, MOST_STRANGERS);
  const sockets = new WebSocketServer(socketOptions);

  /** The status that an upgrade is refused with, or null. */
  function refusalOf(request: IncomingMessage): number | null {
    const { origin, host } = request.headers;
    if (!isSameOrigin(origin, host) || !session.admits(shownSecret(request))) return 403;
    if (request.url !== SOCKET_PATH) return 404;
    return sockets.clients.size < MOST_BROWSERS ? null : 503;
  }

  server.on("upgrade", (request, stream: Socket, head) => {
    stream.on("error", () => stream.destroy());
    const status = refusalOf(request);
    if (status !== null) return refuseUpgrade(stream, status);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      connections.admit(stream);
      const outbox = createOutbox(socket, stallMs);
      outboxes.add(outbox);
      socket.once("close", () => outboxes.delete(outbox));
      serveSocket(socket, floppy.handlers, outbox);
    });
  });

  const unsubscribe = floppy.subscribe((notification) => {
    for (const outbox of outboxes) outbox.addNotification(notification);
  });

  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  const newUrl = () => `http://127.0.0.1:${actualPort}/?token=${session.issueToken()}`;

  function signOutEverywhere() {
    session.end();
    for (const socket of sockets.clients) socket.close(POLICY_VIOLATION, "Signed out.");
    announce?.(newUrl());
  }

  return {
    url: newUrl(),
    newUrl,
    signOutEverywhere,
    async close() {
      unsubscribe();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const socket of sockets.clients) socket.close(GOING_AWAY, "The station was stopped.");
      const goodbye = setTimeout(connections.destroyAll, GOODBYE_MS);
      await closed;
      clearTimeout(goodbye);
    },
  };
}
