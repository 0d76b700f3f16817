import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client, ClientChannel } from "ssh2";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { RemoteCommand, RemoteResult, RemoteSession } from "#core/ports.ts";
import { shellQuote } from "#core/text/shell.ts";
import { createLines } from "./lines.ts";

/** What is kept of a command's output where nobody says otherwise. */
const LIMIT_BYTES = 1024 ** 2;
/** How long an aborted command may take to end before its channel is closed over it. */
const GRACE_MS = 500;

function targetLost(): FloppyError {
  return new FloppyError(
    "TARGET_LOST",
    "The connection to the machine was lost.",
    "What was done so far stays done. The run goes on when the machine is found again.",
  );
}

function tookTooLong([program = ""]: readonly string[], timeoutMs: number): FloppyError {
  return new FloppyError(
    "TARGET_TIMEOUT",
    `${program} did not end on the machine within ${Math.round(timeoutMs / 1000)} s.`,
    "It was ended. What was done before stays done; look at the machine, then retry this phase.",
  );
}

function tooMuch([program = ""]: readonly string[], limitBytes: number): FloppyError {
  return new FloppyError(
    "TARGET_UNTRUSTWORTHY",
    `${program} said more than ${limitBytes} bytes on the machine. That is not what it does.`,
    "It was ended, and nothing of it was believed. Boot the machine from the stick again.",
  );
}

/** Keeps what an output says, up to a limit. */
function keep(limitBytes: number, onTooMuch: () => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    push(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > limitBytes) onTooMuch();
      else chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString("utf8"),
  };
}

/** A session over a client that is logged in. It is the client's only user. */
export function createSession(client: Client): RemoteSession {
  let closedHere = false;
  let failure: Error | null = null;
  client.on("error", (error) => {
    failure ??= error;
  });
  // `end` comes where the other side hung up, `close` where nobody did.
  const closed = Promise.race([once(client, "close"), once(client, "end")]).then(
    () => (closedHere ? null : (failure ?? targetLost())),
    (error: Error) => error,
  );

  function open(argv: readonly string[]): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      try {
        client.exec(shellQuote(argv), (error, channel) => (error ? reject(targetLost()) : resolve(channel)));
      } catch {
        reject(targetLost());
      }
    });
  }

  /** A command that ends before it has read everything says by its exit code how that came. */
  async function send(channel: ClientChannel, input: RemoteCommand["input"]): Promise<void> {
    if (input === undefined || typeof input === "string" || Buffer.isBuffer(input)) {
      channel.end(input);
      return;
    }
    await pipeline(Readable.from(input, { objectMode: false }), channel.stdin).catch((error: unknown) => {
      // What is sent could not be read: that is no word of the other side.
      if (error instanceof FloppyError) throw error;
    });
  }

  async function run(command: RemoteCommand, signal: AbortSignal): Promise<RemoteResult> {
    if (signal.aborted) throw cancelled("The command");
    const { argv, input, timeoutMs, limitBytes = LIMIT_BYTES, onLine } = command;
    const channel = await Promise.race([open(argv), closed.then(() => Promise.reject(targetLost()))]);
    const outcome = Promise.withResolvers<RemoteResult>();
    const end = (error: FloppyError) => {
      outcome.reject(error);
      channel.signal("TERM");
      setTimeout(() => channel.destroy(), GRACE_MS).unref();
    };
    const stdout = keep(limitBytes, () => end(tooMuch(argv, limitBytes)));
    const stderr = keep(limitBytes, () => end(tooMuch(argv, limitBytes)));
    const lines = [stdout, stderr].map((output, index) => {
      const told = createLines(onLine ?? (() => undefined));
      const stream = index === 0 ? channel : channel.stderr;
      stream.on("data", (chunk: Buffer) => {
        output.push(chunk);
        told.push(chunk);
      });
      return told;
    });
    let exit: { code: number | null; signal: string | null } | null = null;
    channel.on("exit", (code: number | null, name?: string) => {
      exit = { code, signal: name ?? null };
    });
    channel.on("error", (error: Error) => outcome.reject(error));
    channel.on("close", () => {
      for (const told of lines) told.end();
      if (exit === null) return outcome.reject(targetLost());
      outcome.resolve({
        exitCode: exit.code,
        signal: exit.signal,
        stdout: stdout.text(),
        stderr: stderr.text(),
      });
    });
    closed.then(() => outcome.reject(targetLost()));
    const timer = setTimeout(() => end(tookTooLong(argv, timeoutMs)), timeoutMs);
    const abort = () => end(cancelled("The command"));
    signal.addEventListener("abort", abort);
    send(channel, input).catch(end);
    try {
      return await outcome.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  return {
    run,
    closed,
    close() {
      closedHere = true;
      client.end();
      // A peer that does not hang up is hung up on.
      setTimeout(() => client.destroy(), GRACE_MS).unref();
    },
  };
}
