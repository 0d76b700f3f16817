import type { Socket } from "node:net";

/** What a peer may send that is no output of a command: handshake, banners, replies. */
const BEFORE_LOGIN = 256 * 1024;
const AFTER_LOGIN = 1024 * 1024;
/** Around each piece of output, at most. */
const PACKET_OVERHEAD = 128;
/** A peer answers what we send, by far less than this part of it. */
const ANSWERED_PART = 8;
/** Replies that a peer makes us send and does not fetch. */
const UNSENT_LIMIT = 16 * 1024 * 1024;

export type FloodGuard = {
  loggedIn(): void;
  /** So many bytes were a command's output, or will be. */
  accounted(bytes: number): void;
};

/**
 * Watches what comes in beside commands' output. SSH has many messages that a peer may send unasked, each of which
 * costs memory or an answer; whoever sends more of them than any honest server is hung up on.
 */
export function watchFlood(socket: Socket, onFlood: () => void): FloodGuard {
  let allowed = BEFORE_LOGIN;
  socket.on("data", () => {
    const tooMuch = socket.bytesRead > allowed + socket.bytesWritten / ANSWERED_PART;
    if (tooMuch || socket.writableLength > UNSENT_LIMIT) onFlood();
  });
  return {
    loggedIn: () => {
      allowed += AFTER_LOGIN;
    },
    accounted: (bytes) => {
      allowed += bytes + PACKET_OVERHEAD;
    },
  };
}
