import type { Socket } from "node:net";
import ssh2, { type Client } from "ssh2";
import { cancelled, FloppyError } from "#contract/errors.ts";
import { fingerprint } from "#contract/fingerprint.ts";
import type { TargetAddress } from "#contract/targets.ts";
import type { Credentials } from "#core/ports/targets.ts";
import { askingAlgorithms, loginAlgorithms } from "./algorithms.ts";
import { hostKeyWrong, refused, unreachable, untrustworthy } from "./errors.ts";
import { type FloodGuard, watchFlood } from "./flood.ts";
import { openSocket } from "./socket.ts";

export type Limits = {
  /** From the first packet to the login, however slowly the peer talks. */
  handshakeMs: number;
  /** A peer that does not answer four of these in a row is gone. */
  keepaliveMs: number;
};

/** A connection that is logged in, to the machine that was meant. */
export type Connection = {
  address: TargetAddress;
  client: Client;
  socket: Socket;
  guard: FloodGuard;
  /** Why the connection ended, as far as it is known. */
  failure: Error | null;
};

const KEEPALIVES_MISSED = 3;

export async function login(
  address: TargetAddress,
  credentials: Credentials,
  limits: Limits,
  signal: AbortSignal,
): Promise<Connection> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limits.handshakeMs)]);
  const pinned = blobOf(credentials.hostKey);
  refuseUnreadable(credentials);
  let found: Buffer | null = null;
  const connection = await open(address, deadline).catch((error) => {
    throw signal.aborted ? cancelled("Connecting") : error;
  });
  const { client, socket } = connection;
  try {
    await reach(connection, "ready", deadline, () =>
      client.connect({
        sock: socket,
        username: credentials.user,
        algorithms: loginAlgorithms,
        hostVerifier: (key: Buffer) => {
          found = key;
          return key.equals(pinned);
        },
        // The one key and nothing else: no agent, no password, no questions, nothing forwarded.
        privateKey: credentials.privateKey,
        authHandler: ["publickey"],
        keepaliveInterval: limits.keepaliveMs,
        keepaliveCountMax: KEEPALIVES_MISSED,
        readyTimeout: 0,
      }),
    );
    connection.guard.loggedIn();
    return connection;
  } catch {
    socket.destroy();
    if (signal.aborted) throw cancelled("Connecting");
    throw await explain(connection, credentials.hostKey, found);
  }
}

/** The host key with which a machine proves who it is, as an OpenSSH public key line; null where none answers. */
export async function askHostKey(
  address: TargetAddress,
  limits: Limits,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limits.handshakeMs)]);
  let connection: Connection | null = null;
  let found: string | null = null;
  try {
    connection = await open(address, deadline);
    const { client, socket } = connection;
    const hostVerifier = (key: Buffer) => {
      found = publicKeyLine(key);
      return true;
    };
    // Nobody logs in: once the handshake is done the key's owner has signed with it, and that was all.
    await reach(connection, "handshake", deadline, () =>
      client.connect({
        sock: socket,
        username: "nobody",
        algorithms: askingAlgorithms,
        hostVerifier,
        authHandler: [],
        readyTimeout: 0,
      }),
    );
    return found;
  } catch {
    if (signal.aborted) throw cancelled("Asking for the host key");
    return null;
  } finally {
    connection?.socket.destroy();
  }
}

async function open(address: TargetAddress, deadline: AbortSignal): Promise<Connection> {
  const socket = await openSocket(address, deadline);
  const client = new ssh2.Client();
  const connection: Connection = {
    address,
    client,
    socket,
    guard: watchFlood(socket, flooded),
    failure: null,
  };
  const failed = (error: Error) => {
    connection.failure ??= error;
  };
  function flooded() {
    failed(untrustworthy(address, "sends more than any SSH server has to say"));
    socket.destroy();
  }
  client.on("error", failed);
  socket.on("error", failed);
  // A half that was closed is no connection; ssh2 would stop its keepalive and wait on.
  socket.on("end", () => socket.destroy());
  return connection;
}

/** Resolves at the event, rejects when the connection fails or ends before, or at the deadline. */
function reach(
  { client, socket }: Connection,
  event: "ready" | "handshake",
  deadline: AbortSignal,
  start: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () => reject(deadline.reason);
    client.once(event as "ready", () => {
      deadline.removeEventListener("abort", late);
      resolve();
    });
    client.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
    deadline.addEventListener("abort", late);
    start();
  });
}

async function explain(
  { address, failure }: Connection,
  hostKey: string,
  found: Buffer | null,
): Promise<FloppyError> {
  if (failure instanceof FloppyError) return failure;
  const pinned = await fingerprint(hostKey);
  if (found !== null && !found.equals(blobOf(hostKey))) {
    return hostKeyWrong(address, pinned, await fingerprint(publicKeyLine(found)));
  }
  if (/no matching host key/.test(failure?.message ?? "")) return hostKeyWrong(address, pinned, null);
  const level = failure !== null && "level" in failure ? failure.level : null;
  if (level === "client-authentication") return refused(address, null);
  if (failure === null) return unreachable(address, "takes connections and does not say who it is");
  return unreachable(address, "could not be spoken to", failure);
}

function refuseUnreadable({ hostKey, privateKey }: Credentials): void {
  const readable = [hostKey, privateKey].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
  if (readable) return;
  throw new FloppyError(
    "INVALID_INPUT",
    "This run's keys cannot be read.",
    "Nothing was sent to the target. Write its stick again: that makes new ones.",
  );
}

/** A key's blob begins with the name of its kind. */
function publicKeyLine(blob: Buffer): string {
  const kind = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString();
  return `${kind} ${blob.toString("base64")}`;
}

function blobOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.trim().split(/\s+/)[1] ?? "", "base64");
}
