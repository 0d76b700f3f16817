import type { Server } from "node:http";
import type { Socket } from "node:net";

export type Connections = {
  /** It belongs to a browser that was let in, and counts no more. */
  admit(connection: Socket): void;
  /** Lets go of all of them, whoever is at their other end. */
  destroyAll(): void;
};

/**
 * Whoever is on this machine can connect, and keep still. At most so many are kept of those who were not let in:
 * the oldest makes place for the next, so a flood shuts nobody out.
 */
export function limitConnections(server: Server, most: number): Connections {
  const all = new Set<Socket>();
  const strangers = new Set<Socket>();

  server.on("connection", (connection: Socket) => {
    all.add(connection);
    strangers.add(connection);
    connection.once("close", () => {
      all.delete(connection);
      strangers.delete(connection);
    });
    const [oldest] = strangers;
    if (strangers.size > most) oldest?.destroy();
  });

  return {
    admit: (connection) => void strangers.delete(connection),
    destroyAll() {
      for (const connection of all) connection.destroy();
    },
  };
}
