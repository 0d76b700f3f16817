import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { ClientChannel } from "ssh2";
import { cancelled } from "#contract/errors.ts";
import type { RemoteCommand, RemoteResult } from "#core/ports/targets.ts";
import { name, noSession, timedOut, untrustworthy } from "./errors.ts";
import type { Connection } from "./handshake.ts";
import { type Outgoing, sendInput } from "./input.ts";
import { createOutput, STDOUT_LIMIT } from "./output.ts";
import { endGroup, processOf, startLine } from "./process-group.ts";

/** How long a caller waits for a command that was told to end. */
const END_MS = 900;
/** How long it is waited for what is to be ended, behind the scenes. */
const LATE_MS = 5000;
/** As much may be under way when a channel is closed: ssh2's window. */
const UNDER_WAY = 2 * 1024 * 1024;

export type Session = {
  connection: Connection;
  outgoing: Outgoing;
  pace: { line(): void };
  /** Ends each command that runs, with the reason. */
  running: Set<(reason: Error) => void>;
};

type Exit = Pick<RemoteResult, "exitCode" | "signal">;
type Running = Channel & { connection: Connection };
type Channel = { channel: ClientChannel; exit: Promise<Exit> };

/** Runs one command to its end. Of what can end it early, the first is the reason that is told. */
export async function runCommand(
  session: Session,
  command: RemoteCommand,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const { address } = session.connection;
  const { argv, timeoutMs } = command;
  const line = startLine(argv);
  if (signal.aborted) throw cancelled(name(argv));
  const early = new AbortController();
  const end = (reason: Error) => early.abort(reason);
  const cancel = () => end(cancelled(name(argv)));
  const timer = setTimeout(() => end(timedOut(address, argv, timeoutMs)), timeoutMs);
  signal.addEventListener("abort", cancel);
  session.running.add(end);
  try {
    return await converse(session, command, line, early);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
    session.running.delete(end);
    early.abort();
  }
}

async function converse(
  session: Session,
  command: RemoteCommand,
  line: string,
  early: AbortController,
): Promise<RemoteResult> {
  const { connection, outgoing, pace } = session;
  let group: number | null = null;
  const groupKnown = Promise.withResolvers<void>();
  const output = createOutput({
    limitBytes: command.limitBytes ?? STDOUT_LIMIT,
    onLine: command.onLine && ((text) => early.signal.aborted || command.onLine?.(text)),
    takeOut(text) {
      if (group !== null) return false;
      group = processOf(text);
      if (group !== null) groupKnown.resolve();
      return group !== null;
    },
    onPace: pace.line,
    onTooMuch: () =>
      early.abort(untrustworthy(connection.address, `said more than ${name(command.argv)} can have to say`)),
  });
  const reader = (take: (chunk: Buffer) => void) => (chunk: Buffer) => {
    connection.guard.accounted(chunk.length);
    // A command that was ended is read until it is known what is to be ended.
    if (early.signal.aborted && group !== null) return;
    try {
      take(chunk);
    } catch (error) {
      early.abort(error);
    }
  };
  const listen = (channel: ClientChannel) => {
    channel.on("data", reader(output.stdout));
    channel.stderr.on("data", reader(output.stderr));
  };
  const finish = (running: Channel) =>
    endCommand({ ...running, connection }, groupKnown.promise, () => group).catch(() => undefined);
  const opened = await openChannel(connection, line, listen, finish, early.signal);
  const { channel, exit } = opened;
  sendInput(command.input ?? "", channel, outgoing, early.signal).catch((error) => early.abort(error));
  try {
    const ending = await unlessEnded(exit, early.signal);
    const kept = output.end();
    early.signal.throwIfAborted();
    return { ...ending, ...kept };
  } catch (reason) {
    await Promise.race([finish(opened), within(END_MS)]);
    throw reason;
  }
}

/** The channel on which the command runs. Listens at once: all that a short command says comes in one packet. */
function openChannel(
  { client, address }: Connection,
  line: string,
  listen: (channel: ClientChannel) => void,
  finish: (running: Channel) => void,
  early: AbortSignal,
): Promise<Channel> {
  const opened = new Promise<Channel>((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error) return reject(noSession(address, error));
      listen(channel);
      const running = { channel, exit: exitOf(channel) };
      resolve(running);
      // Nobody waits for it any more, and it has begun all the same.
      if (early.aborted) finish(running);
    });
  });
  return unlessEnded(opened, early);
}

/** How the command ended, once everything that it said was read. */
async function exitOf(channel: ClientChannel): Promise<Exit> {
  const [[code, signal]] = await Promise.all([once(channel, "close"), once(channel.stderr, "end")]);
  return {
    exitCode: typeof code === "number" ? code : null,
    signal: /^SIG[A-Z0-9]{1,12}$/.test(signal) ? signal : null,
  };
}

function unlessEnded<T>(promise: Promise<T>, early: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(early.reason);
    if (early.aborted) end();
    early.addEventListener("abort", end, { once: true });
    promise.then(resolve, reject);
  });
}

/** Goes on by itself when nobody waits any more: a target that is slow has not told yet what is to be ended. */
async function endCommand(
  { connection, channel, exit }: Running,
  groupKnown: Promise<void>,
  group: () => number | null,
): Promise<void> {
  await Promise.race([groupKnown, exit, within(LATE_MS)]);
  const known = group();
  if (known !== null) endGroup(connection, known);
  await Promise.race([exit, within(END_MS)]);
  letGo(connection, channel);
}

function within(milliseconds: number): Promise<void> {
  return delay(milliseconds, undefined, { ref: false });
}

function letGo({ socket, guard }: Connection, channel: ClientChannel): void {
  if (socket.destroyed) return;
  guard.accounted(UNDER_WAY);
  channel.removeAllListeners("data").resume();
  channel.stderr.removeAllListeners("data").resume();
  channel.close();
}
