import type { WebSocket } from "ws";
import type { Handlers } from "#contract/api.ts";
import { dispatch } from "#contract/dispatch.ts";
import { parseMessage } from "./messages.ts";
import type { Outbox } from "./outbox.ts";

/** Far above what the renderer ever has open at once. A call is open until its answer is out. */
const MAX_CALLS_UNDER_WAY = 64;

const POLICY_VIOLATION = 1008;

/** Answers the calls of one browser until it leaves or breaks the rules. */
export function serveSocket(socket: WebSocket, handlers: Handlers, outbox: Outbox) {
  let underWay = 0;
  const left = new AbortController();

  async function answer(text: string) {
    const message = parseMessage(text);
    if (message === null) return socket.close(POLICY_VIOLATION, "Not a message of Floppy’s.");
    if (underWay >= MAX_CALLS_UNDER_WAY) return socket.close(POLICY_VIOLATION, "Too many calls at once.");
    underWay += 1;
    const reply = await dispatch(handlers, message.call, message.input, left.signal);
    outbox.addReply({ id: message.id, reply }, () => {
      underWay -= 1;
    });
  }

  // The socket closes itself after a protocol error; without a listener it would end the station too.
  socket.on("error", () => {});
  socket.on("close", () => left.abort());
  socket.on("message", (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    if (isBinary) socket.close(POLICY_VIOLATION, "Text only.");
    else void answer(String(data));
  });
}
