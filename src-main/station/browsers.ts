import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import type { Floppy } from "#contract/api.ts";
import { SOCKET_PATH, SOCKET_PROTOCOL } from "#contract/station.ts";
import type { Connections } from "./connections.ts";
import { isSameOrigin } from "./loopback.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import type { Session } from "./session.ts";
import { serveSocket } from "./socket.ts";

const MOST_BROWSERS = 64;
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** How long a browser has to answer the goodbye. */
export const GOODBYE_MS = 500;

// The types of ws do not know `closeTimeout` yet.
const socketOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  maxPayload: 1024 ** 2,
  perMessageDeflate: false,
  closeTimeout: GOODBYE_MS,
  handleProtocols: () => SOCKET_PROTOCOL,
};

export type BrowsersOptions = {
  floppy: Floppy;
  session: Session;
  connections: Connections;
  /** How long a browser may read nothing of what waits for it. */
  stallMs: number;
};

export type Browsers = {
  /** A browser asks for the socket: it gets it, or is refused and let go. */
  upgrade(request: IncomingMessage, stream: Socket, head: Buffer): void;
  signOut(): void;
  /** Tells them nothing more but this. */
  sayGoodbye(): void;
};

function refuse(stream: Socket, status: number) {
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`;
  stream.end(answer, () => stream.destroy());
}

/** The secret that a page shows behind the protocol's name. */
function shownSecret({ headers }: IncomingMessage): string {
  const [protocol, secret] = (headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/);
  return protocol === SOCKET_PROTOCOL ? (secret ?? "") : "";
}

/** The sockets of those who are let in. */
export function createBrowsers({ floppy, session, connections, stallMs }: BrowsersOptions): Browsers {
  const sockets = new WebSocketServer(socketOptions);
  const outboxes = new Set<Outbox>();

  const unsubscribe = floppy.subscribe((notification) => {
    for (const outbox of outboxes) outbox.addNotification(notification);
  });

  /** The status that an upgrade is refused with, or null. */
  function refusalOf(request: IncomingMessage): number | null {
    const { origin, host } = request.headers;
    if (!isSameOrigin(origin, host) || !session.admits(shownSecret(request))) return 403;
    if (request.url !== SOCKET_PATH) return 404;
    return sockets.clients.size < MOST_BROWSERS ? null : 503;
  }

  function serve(socket: WebSocket) {
    const outbox = createOutbox(socket, stallMs);
    outboxes.add(outbox);
    socket.once("close", () => outboxes.delete(outbox));
    serveSocket(socket, floppy.handlers, outbox);
  }

  function closeAll(code: number, reason: string) {
    for (const socket of sockets.clients) socket.close(code, reason);
  }

  return {
    upgrade(request, stream, head) {
      stream.on("error", () => stream.destroy());
      const status = refusalOf(request);
      if (status !== null) return refuse(stream, status);
      sockets.handleUpgrade(request, stream, head, (socket) => {
        connections.admit(stream);
        serve(socket);
      });
    },
    signOut: () => closeAll(POLICY_VIOLATION, "Signed out."),
    sayGoodbye() {
      unsubscribe();
      closeAll(GOING_AWAY, "The station was stopped.");
    },
  };
}
