import { get as getHttp, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent, get as getHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { remoteUrl } from "#contract/manifest.ts";
import { readable } from "#core/text/readable.ts";
import { errorCode } from "../error-code.ts";
import { HttpTrouble } from "./http-trouble.ts";
import { isLocalHost, LOCAL_ADDRESS, lookupElsewhere } from "./local-addresses.ts";

export type HttpOptions = {
  /** Certificates that vouch for servers, in place of the well-known ones. */
  authorities?: string;
  /** How names are looked up, in place of the system's way. */
  lookup?: LookupFunction;
  /** Fewer bytes than these within this time is a stall. */
  pace: { windowMs: number; leastBytes: number };
};

export const defaultHttp: HttpOptions = { pace: { windowMs: 30_000, leastBytes: 64 * 1024 } };

export type Answer = { status: number; headers: IncomingHttpHeaders; body: AsyncIterable<Buffer> };

const MOST_REDIRECTS = 5;

const reasons: Record<string, string> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up now",
  ECONNREFUSED: "it does not answer",
  ECONNRESET: "the connection broke off",
  EHOSTUNREACH: "it cannot be reached",
  ENETUNREACH: "there is no network",
  ETIMEDOUT: "it does not answer",
  EPIPE: "the connection broke off",
  ERR_STREAM_PREMATURE_CLOSE: "the connection broke off",
};

/** Why bytes may be wrong: who packs them nevertheless says so. Right ones may bear any header. */
export function packedReason({
  "content-encoding": encoding = "identity",
}: IncomingHttpHeaders): string | null {
  if (encoding === "identity") return null;
  return `it packs the file once more (Content-Encoding: ${readable(encoding, 40)}), though it was asked not to`;
}

/** What failed on the way, in words. */
export function troubleOf(thrown: unknown): HttpTrouble {
  if (thrown instanceof HttpTrouble) return thrown;
  const known = reasons[errorCode(thrown)];
  if (known) return new HttpTrouble(known, true);
  return new HttpTrouble(thrown instanceof Error ? thrown.message : String(thrown), true);
}

/** A new connection each time: an idle one may be dead. A proxy is asked for what is far away, never for this machine. */
function agentFor({ hostname, protocol }: URL): Agent | false {
  return protocol === "https:" && !isLocalHost(hostname) ? new Agent({ proxyEnv: process.env }) : false;
}

function request(
  url: URL,
  headers: Record<string, string>,
  { authorities, lookup }: HttpOptions,
  mayBeLocal: boolean,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = {
    headers: { "accept-encoding": "identity", ...headers },
    signal,
    agent: agentFor(url),
    ...(mayBeLocal ? lookup && { lookup } : { lookup: lookupElsewhere(url.hostname, lookup) }),
    ...(authorities !== undefined && { ca: authorities }),
  };
  const get: typeof getHttp = url.protocol === "https:" ? getHttps : getHttp;
  get(url, options, resolve).on("error", reject);
  return promise;
}

/** Where a redirect leads: from HTTPS to nothing else, and from elsewhere never to this computer. */
function redirected(from: URL, location: string | undefined, mayBeLocal: boolean): URL {
  const to = URL.canParse(location ?? "", from.href) ? new URL(location ?? "", from) : null;
  const mayFollow =
    to && remoteUrl.safeParse(to.href).success && (from.protocol === "http:" || to.protocol === "https:");
  if (mayFollow && !mayBeLocal && isLocalHost(to.hostname))
    throw new HttpTrouble(`it sends on to ${LOCAL_ADDRESS}`, false);
  if (mayFollow) return to;
  throw new HttpTrouble("it sends on to an address that is not fetched", false);
}

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

/** Ends a request that trickles: what it gives within each window is counted. */
function watchPace({ windowMs, leastBytes }: HttpOptions["pace"]) {
  const stalled = new AbortController();
  let bytes = 0;
  const timer = setInterval(() => {
    if (bytes < leastBytes) stalled.abort(new HttpTrouble("it stalled", true));
    bytes = 0;
  }, windowMs);
  return {
    signal: stalled.signal,
    count: (more: number) => {
      bytes += more;
    },
    end: () => clearInterval(timer),
  };
}

/** What an aborted request throws says nothing; the signal knows why. */
async function tellingWhy<Value>(work: Promise<Value>, stalled: AbortSignal): Promise<Value> {
  return work.catch((thrown: unknown) => {
    throw stalled.aborted ? stalled.reason : thrown;
  });
}

/**
 * Asks for a URL, follows redirects, and hands the answer to `use` with its body as a stream of chunks. Whatever
 * fails on the way is thrown as it comes: `troubleOf` has the words for it.
 */
export async function withAnswer<Result>(
  url: string,
  headers: Record<string, string>,
  options: HttpOptions,
  signal: AbortSignal,
  use: (answer: Answer) => Promise<Result>,
): Promise<Result> {
  const pace = watchPace(options.pace);
  const either = AbortSignal.any([signal, pace.signal]);
  let message: IncomingMessage | null = null;
  try {
    let at = new URL(url);
    // Who begins on this computer, as a mirror of one's own, may stay on it; who has left it does not come back.
    let mayBeLocal = isLocalHost(at.hostname);
    for (let hops = 0; ; hops += 1) {
      message = await tellingWhy(request(at, headers, options, mayBeLocal, either), pace.signal);
      if (!isRedirect(message.statusCode ?? 0)) break;
      if (hops === MOST_REDIRECTS) throw new HttpTrouble("it sends on in circles", false);
      at = redirected(at, message.headers.location, mayBeLocal);
      mayBeLocal &&= isLocalHost(at.hostname);
      message.destroy();
    }
    const body = counted(message, pace);
    return await use({ status: message.statusCode ?? 0, headers: message.headers, body });
  } finally {
    pace.end();
    message?.destroy();
  }
}

async function* counted(message: IncomingMessage, pace: ReturnType<typeof watchPace>): AsyncIterable<Buffer> {
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      pace.count(chunk.length);
      yield chunk;
    }
  } catch (thrown) {
    throw pace.signal.aborted ? pace.signal.reason : thrown;
  }
}
