import { shellQuote } from "#core/text/shell.ts";
import type { Connection } from "./handshake.ts";

const marker = /^floppy-process (\d{1,10})$/;

/**
 * What sshd is asked to run. It says the number of its process first: an sshd that root logged in to takes no
 * signals for a command (it wants its privileges separated), so the command is ended by a second one.
 */
export function startLine(argv: readonly string[]): string {
  return `echo "floppy-process $$" >&2; exec ${shellQuote(argv)}`;
}

/** The number that `startLine` says, which is also the number of the group of everything that the command starts. */
export function processOf(line: string): number | null {
  const number = Number(marker.exec(line)?.[1] ?? 0);
  // A group 0 or 1 would be everything on the target.
  return number > 1 ? number : null;
}

/** Ends what the command started: politely, and half a second later for good. */
export function endGroup({ client, socket }: Connection, group: number): void {
  if (socket.destroyed) return;
  client.exec(`kill -s TERM -- -${group}; sleep 0.5; kill -s KILL -- -${group}`, (_error, channel) => {
    channel?.resume();
    channel?.stderr.resume();
  });
}
