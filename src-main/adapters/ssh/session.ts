import { FloppyError } from "#contract/errors.ts";
import type { RemoteSession } from "#core/ports/targets.ts";
import { runCommand, type Session } from "./command.ts";
import { lost } from "./errors.ts";
import type { Connection } from "./handshake.ts";
import { createPace } from "./pace.ts";

/** How long the peer may take to hear that this is the end. */
const GOODBYE_MS = 500;

/** A login, and the commands that run over it. */
export function createSession(connection: Connection): RemoteSession {
  const { client, socket } = connection;
  const session: Session = {
    connection,
    outgoing: { socket, payload: 0 },
    pace: createPace(socket),
    running: new Set(),
  };
  const { promise: closed, resolve } = Promise.withResolvers<Error | null>();
  let closing = false;
  socket.once("close", () => {
    for (const end of session.running) end(whyLost(connection));
    resolve(closing ? null : whyLost(connection));
  });
  return {
    closed,
    async run(command, signal) {
      if (socket.destroyed) throw whyLost(connection);
      return await runCommand(session, command, signal);
    },
    close() {
      closing = true;
      client.end();
      setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
    },
  };
}

function whyLost({ address, failure }: Connection): FloppyError {
  return failure instanceof FloppyError ? failure : lost(address, failure);
}
