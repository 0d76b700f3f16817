/** SSH with both ends pinned: one host key is accepted, one key is offered, nothing else is negotiated. */
import { createHash } from "node:crypto";
import ssh2, { type ConnectConfig } from "ssh2";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { TargetAddress } from "#contract/targets.ts";
import type { Credentials, Remote, RemoteSession } from "#core/ports.ts";
import { createSession } from "./session.ts";

export type RemoteOptions = {
  /** From the first packet to a login: a peer that drips bytes does not get longer. */
  handshakeMs: number;
  /** Between two signs of life that are asked for; three missing ones are the end. */
  keepaliveMs: number;
};

const usual: RemoteOptions = { handshakeMs: 20_000, keepaliveMs: 5000 };
const MISSED_SIGNS_OF_LIFE = 3;

/** The one kind of host key that a stick brings; a stranger with another kind is a stranger all the same. */
const algorithms = {
  serverHostKey: ["ssh-ed25519"],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr"],
} satisfies ConnectConfig["algorithms"];

type Failure = Error & { level?: string; code?: string };

function blobOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
}

/** As `ssh` prints it when it asks: `SHA256:…`. */
function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

function text({ host, port }: TargetAddress): string {
  return port === 22 ? host : `${host}:${port}`;
}

function hostKeyWrong(address: TargetAddress, expected: string, found: string | null): FloppyError {
  return new FloppyError(
    "HOST_KEY_WRONG",
    `${text(address)} is another machine: its host key is not the one that was expected.`,
    "Floppy did not log in, and nothing was sent there. Compare the fingerprint with the one on the machine’s screen.",
    { expected, found },
  );
}

function unreachable(address: TargetAddress, { code, message }: Failure): FloppyError {
  const reasons: Record<string, string> = {
    ECONNREFUSED: "nothing listens there yet",
    EHOSTUNREACH: "no machine answers there",
    ENETUNREACH: "there is no way to that network",
    ENOTFOUND: "nobody knows that name",
    EAI_AGAIN: "nobody knows that name",
    ETIMEDOUT: "no machine answers there",
    ECONNRESET: "it hung up",
  };
  const reason = reasons[code ?? ""] ?? message;
  return new FloppyError(
    "TARGET_UNREACHABLE",
    `${text(address)} does not answer: ${reason}.`,
    "Nothing was changed. See that the machine is on, connected, and shows this address.",
    { code: code ?? null },
  );
}

function refused(address: TargetAddress): FloppyError {
  return new FloppyError(
    "TARGET_REFUSED",
    `${text(address)} does not take this run’s key.`,
    "Nothing was changed. It was booted from another stick, or is set up already.",
  );
}

/** What a failed connection means, in the order in which it can go wrong. */
function explain(
  address: TargetAddress,
  failure: Failure,
  expected: string,
  found: string | null,
): FloppyError {
  const isStranger = found !== null && found !== expected;
  const hasNoSuchKey = /no matching host key/i.test(failure.message);
  if (isStranger || hasNoSuchKey) return hostKeyWrong(address, expected, found);
  if (failure.level === "client-authentication") return refused(address);
  return unreachable(address, failure);
}

/** An ssh2 client that ends, for good, when it failed or was aborted. */
function dial(
  address: TargetAddress,
  config: ConnectConfig,
  handshakeMs: number,
  signal: AbortSignal,
): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      clearTimeout(deadline);
      signal.removeEventListener("abort", abort);
      then();
    };
    const fail = (failure: Failure) =>
      settle(() => {
        client.destroy();
        reject(failure);
      });
    const abort = () => fail(cancelled("Connecting"));
    const deadline = setTimeout(
      () => fail(Object.assign(new Error("it took too long to answer"), { code: "SLOW" })),
      handshakeMs,
    );
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    // Stays: an error after the connection must not end this process.
    client.on("error", fail);
    client.once("close", () => fail(new Error("it hung up")));
    client.once("ready", () => settle(() => resolve(client)));
    client.connect({ ...address, readyTimeout: 0, ...config });
  });
}

export function createRemote(options: Partial<RemoteOptions> = {}): Remote {
  const { handshakeMs, keepaliveMs } = { ...usual, ...options };

  async function connect(
    address: TargetAddress,
    { hostKey, privateKey, user }: Credentials,
    signal: AbortSignal,
  ): Promise<RemoteSession> {
    const expected = blobOf(hostKey);
    let found: string | null = null;
    const config: ConnectConfig = {
      username: user,
      privateKey,
      algorithms,
      authHandler: ["publickey"],
      agentForward: false,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: MISSED_SIGNS_OF_LIFE,
      hostVerifier: (key: Buffer) => {
        found = fingerprintOf(key);
        return key.equals(expected);
      },
    };
    try {
      return createSession(await dial(address, config, handshakeMs, signal));
    } catch (thrown) {
      if (thrown instanceof FloppyError) throw thrown;
      throw explain(address, thrown as Failure, fingerprintOf(expected), found);
    }
  }

  /** Turns away whoever answers, having seen the key. */
  async function fingerprint(address: TargetAddress, signal: AbortSignal): Promise<string | null> {
    let found: string | null = null;
    const hostVerifier = (key: Buffer) => {
      found = fingerprintOf(key);
      return false;
    };
    const config: ConnectConfig = { username: "root", authHandler: ["none"], hostVerifier };
    await dial(address, config, handshakeMs, signal).catch(() => undefined);
    if (signal.aborted) throw cancelled("Connecting");
    return found;
  }

  return { connect, fingerprint };
}
