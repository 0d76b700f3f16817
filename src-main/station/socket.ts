import type { WebSocket } from "ws";
import type { Handlers } from "#contract/api.ts";
import { dispatch } from "#contract/dispatch.ts";
import { type Answer, parseMessage } from "./messages.ts";

/** Far above what the renderer ever has open at once. */
const MAX_CALLS_UNDER_WAY = 64;
/** A browser that lets more than this wait is cut off; it reconnects to a fresh snapshot. */
const MAX_WAITING_BYTES = 8 * 1024 ** 2;

const POLICY_VIOLATION = 1008;

/** Sends text, or cuts off a browser that does not read. */
export function send(socket: WebSocket, text: string) {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate();
  else socket.send(text);
}

/** Answers the calls of one browser until it leaves or breaks the rules. */
export function serveSocket(socket: WebSocket, handlers: Handlers) {
  let underWay = 0;

  async function answer(text: string) {
    const message = parseMessage(text);
    if (message === null) return socket.close(POLICY_VIOLATION, "Not a message of Floppy’s.");
    if (underWay >= MAX_CALLS_UNDER_WAY) return socket.close(POLICY_VIOLATION, "Too many calls at once.");
    underWay += 1;
    const reply = await dispatch(handlers, message.call, message.input);
    underWay -= 1;
    send(socket, JSON.stringify({ id: message.id, reply } satisfies Answer));
  }

  // The socket closes itself after a protocol error; without a listener it would end the station too.
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    if (isBinary) socket.close(POLICY_VIOLATION, "Text only.");
    else void answer(String(data));
  });
}
