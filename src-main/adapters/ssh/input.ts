import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { ClientChannel } from "ssh2";
import type { RemoteCommand } from "#core/ports/targets.ts";

const PIECE = 256 * 1024;
/** What may wait in this process, beyond what the peer's window lets through. */
const WAITING_LIMIT = 1024 * 1024;
const QUEUED_LIMIT = 4 * 1024 * 1024;
const QUEUE_POLL_MS = 20;

/** What one connection sends as commands' input, of which ssh2 does not tell how much it still holds. */
export type Outgoing = { socket: Socket; payload: number };

/** Writes the input as fast as the target takes it, then closes stdin; stops early when `ended`. */
export async function sendInput(
  input: NonNullable<RemoteCommand["input"]>,
  channel: ClientChannel,
  outgoing: Outgoing,
  ended: AbortSignal,
): Promise<void> {
  for await (const piece of inPieces(input)) {
    if (ended.aborted) return;
    await write(channel, piece, outgoing, ended);
    await waitForRoom(outgoing, ended);
    if (ended.aborted) return;
  }
  channel.end();
}

async function* inPieces(input: NonNullable<RemoteCommand["input"]>): AsyncGenerator<Buffer, undefined> {
  for await (const buffer of inBuffers(input)) {
    for (let at = 0; at < buffer.length; at += PIECE) yield buffer.subarray(at, at + PIECE);
  }
  return undefined;
}

function inBuffers(input: NonNullable<RemoteCommand["input"]>): AsyncIterable<Buffer> | Buffer[] {
  if (typeof input === "string") return [Buffer.from(input)];
  return Buffer.isBuffer(input) ? [input] : input;
}

/** Done when the peer's window has let the whole piece through, which may never be: counted only then. */
async function write(
  channel: ClientChannel,
  piece: Buffer,
  outgoing: Outgoing,
  ended: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      ended.removeEventListener("abort", done);
      resolve();
    };
    ended.addEventListener("abort", done);
    channel.write(piece, done);
  });
  if (!ended.aborted) outgoing.payload += piece.length;
}

/**
 * ssh2 writes to its socket without looking whether it drains, and holds everything back while keys are exchanged.
 * A peer with a huge window that then stops reading must not fill this process.
 */
async function waitForRoom({ socket, payload }: Outgoing, ended: AbortSignal): Promise<void> {
  const options = { signal: ended };
  // A peer with such a window never makes a write wait: timers and cancels get their turn here.
  await nextTurn();
  if (socket.writableLength > WAITING_LIMIT) await once(socket, "drain", options).catch(() => undefined);
  while (!ended.aborted && payload - socket.bytesWritten > QUEUED_LIMIT) {
    await delay(QUEUE_POLL_MS, undefined, options).catch(() => undefined);
  }
}
