import { z } from "zod";
import type { Notify } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { SOCKET_PATH, SOCKET_PROTOCOL, type StationDoor } from "#contract/station.ts";
import { type Connection, openNotification, openReply, type RendererBridge } from "./bridge.ts";

/** The few things a WebSocket must be able to do here; the browser's own fits. */
export type Socket = {
  send(text: string): void;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
};

export type SocketBridgeOptions = {
  /** Rejects with UNAUTHORIZED where this browser is not let in. */
  connect(): Promise<Socket>;
  /** Runs `act` after so many milliseconds. */
  later(act: () => void, milliseconds: number): void;
  station: StationDoor;
};

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

const serverMessage = z.union([
  z.object({ id: z.number(), reply: z.unknown() }),
  z.object({ notification: z.unknown() }),
]);

type Pending = { request: string; resolve(reply: unknown): void; reject(error: FloppyError): void };

function lost(): FloppyError {
  return new FloppyError(
    "INTERNAL",
    "Floppy’s station stopped answering.",
    "Nothing was lost here. This page reconnects by itself; then try again. A station that was stopped has a new address.",
  );
}

function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}

/**
 * The bridge of the station's page: one WebSocket that reconnects with a growing pause.
 * Calls made before the first connection wait for it; calls under way when it breaks are rejected,
 * because nobody knows whether they arrived.
 */
export function createSocketBridge({ connect, later, station }: SocketBridgeOptions): RendererBridge {
  const listeners = new Set<Notify>();
  const watchers = new Set<(connection: Connection) => void>();
  const pending = new Map<number, Pending>();
  let connection: Connection | "connecting" = "connecting";
  let socket: Socket;
  let failure = lost();
  let nextId = 1;
  let retryMs = FIRST_RETRY_MS;

  /** The first connection is no change: whoever asked for something has it awaited. */
  function become(next: Connection) {
    const isFirst = connection === "connecting" && next === "open";
    if (connection === next) return;
    connection = next;
    if (isFirst) return;
    for (const watcher of watchers) watcher(next);
  }

  function receive(data: unknown) {
    const message = serverMessage.safeParse(parseJson(data));
    if (!message.success) return;
    if ("id" in message.data) {
      pending.get(message.data.id)?.resolve(message.data.reply);
      pending.delete(message.data.id);
      return;
    }
    const notification = openNotification(message.data.notification);
    if (notification) for (const listener of listeners) listener(notification);
  }

  function leave(error: FloppyError) {
    failure = error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    become(error.code === "UNAUTHORIZED" ? "refused" : "lost");
    later(open, retryMs);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }

  function attach(connected: Socket) {
    socket = connected;
    socket.onmessage = (event) => receive(event.data);
    socket.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      for (const { request } of pending.values()) socket.send(request);
      become("open");
    };
    socket.onclose = () => leave(lost());
  }

  function open() {
    connect().then(attach, (thrown) => leave(thrown instanceof FloppyError ? thrown : lost()));
  }
  open();

  return {
    async call(name, input) {
      if (connection === "lost" || connection === "refused") throw failure;
      const id = nextId++;
      const request = JSON.stringify({ id, call: name, input });
      const raw = await new Promise<unknown>((resolve, reject) => {
        pending.set(id, { request, resolve, reject });
        if (connection === "open") socket.send(request);
      });
      return openReply(name, raw);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watchConnection(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    station,
  };
}

/** The station's address: where this page came from. The secret travels in the one header that a page may set. */
export function stationSocket(location: Location, secret: string): Socket {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(
    `${scheme}//${location.host}${SOCKET_PATH}`,
    [SOCKET_PROTOCOL, secret].filter(Boolean),
  ) as Socket;
}
