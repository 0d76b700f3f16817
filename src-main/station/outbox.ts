import type { WebSocket } from "ws";
import type { Notification } from "#contract/api.ts";
import { createWaitingList, type WaitingList } from "./waiting.ts";

/** A message goes out in pieces of this size, so that it is seen whether a large one gets on. */
const PIECE_BYTES = 64 * 1024;

export type Outbox = Pick<WaitingList, "addReply"> & { addNotification(notification: Notification): void };

export type OutboxSocket = Pick<WebSocket, "send" | "ping" | "terminate" | "on" | "readyState" | "OPEN">;

/**
 * Tells one browser what it is to be told, as quickly as it reads. One that reads nothing of it for longer than
 * `stallMs` is cut off, and comes back to a fresh snapshot; one that reads slowly is waited for, however much there is.
 */
export function createOutbox(socket: OutboxSocket, stallMs: number): Outbox {
  const waiting = createWaitingList();
  let sending = false;
  /** How many looks found nothing read since the last time that something was. */
  let silentLooks = 0;

  const isOpen = () => socket.readyState === socket.OPEN;

  /** Looks twice within the patience: a single one may follow upon a moment in which this process itself stood still. */
  function watchProgress(): () => void {
    silentLooks = 0;
    const watch = setInterval(() => {
      silentLooks += 1;
      if (silentLooks > 2) socket.terminate();
    }, stallMs / 2);
    return () => clearInterval(watch);
  }

  function sendPiece(piece: Buffer, fin: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      socket.send(piece, { binary: false, fin }, (error) => (error ? reject(error) : resolve()));
    });
  }

  async function sendText(text: string) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const end = at + PIECE_BYTES;
      await sendPiece(bytes.subarray(at, end), end >= bytes.length);
      silentLooks = 0;
      // The kernel takes megabytes at a time; what the browser has read itself, its answer tells.
      if (end < bytes.length || !waiting.isEmpty()) socket.ping();
    }
  }

  async function sendAll() {
    const stopWatching = watchProgress();
    try {
      for (let next = waiting.next(); next && isOpen(); next = waiting.next()) {
        await sendText(JSON.stringify(next.answer));
        next.sent();
      }
    } catch {
      // It left; whatever waits for it goes with it.
    } finally {
      stopWatching();
      sending = false;
    }
  }

  function go() {
    if (sending || !isOpen()) return;
    sending = true;
    void sendAll();
  }

  socket.on("pong", () => {
    silentLooks = 0;
  });

  return {
    addReply(reply, sent) {
      waiting.addReply(reply, sent);
      go();
    },
    addNotification(notification) {
      if (!isOpen()) return;
      waiting.addNotification(notification);
      go();
    },
  };
}
