import type { Socket } from "node:net";

const LINES_PER_SECOND = 10_000;
const BURST = 10_000;
/** Shorter than what a keepalive waits for. */
const LONGEST_PAUSE_MS = 2000;

/**
 * Holds a connection back that brings lines faster than anybody could keep: they are shown, logged and parsed. It is
 * the socket that is paused, so TCP holds the peer back whatever it thinks of SSH's windows.
 */
export function createPace(socket: Socket): { line(): void } {
  let debt = 0;
  let since = performance.now();
  const settle = () => {
    const now = performance.now();
    debt = Math.max(0, debt - ((now - since) * LINES_PER_SECOND) / 1000);
    since = now;
  };
  return {
    line() {
      debt += 1;
      if (debt <= BURST || socket.isPaused()) return;
      settle();
      const pauseMs = Math.min(((debt - BURST) * 1000) / LINES_PER_SECOND, LONGEST_PAUSE_MS);
      if (pauseMs <= 0) return;
      socket.pause();
      setTimeout(() => socket.resume(), pauseMs);
    },
  };
}
