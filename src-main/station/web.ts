import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { pageHeaders } from "#adapters/page-headers.ts";
import { toErrorData } from "#contract/errors.ts";
import { INVITATION_PATH, SESSION_PATH } from "#contract/station.ts";
import { answerFor, type PageFiles } from "./files.ts";
import { isLoopbackHost, isSameOrigin } from "./loopback.ts";
import { notLetIn } from "./refusal.ts";
import type { Session } from "./session.ts";

const headers = new Map(Object.entries({ ...pageHeaders("'self'"), "Cache-Control": "no-store" }));

export type WebOptions = {
  session: Session;
  files: PageFiles;
  /** Ends the session and tells everybody. */
  signOutEverywhere(): void;
};

/** What is refused is let go: its connection is closed with the answer. */
function refuse(response: ServerResponse, status: number, text: string) {
  response
    .writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" })
    .end(`${text}\n`);
}

function sendJson(response: ServerResponse, status: number, value: unknown) {
  const closing = status >= 400 ? { Connection: "close" } : {};
  response
    .writeHead(status, { "Content-Type": "application/json", ...closing })
    .end(`${JSON.stringify(value)}\n`);
}

const refuseEntry = (response: ServerResponse, why: string) =>
  sendJson(response, 401, toErrorData(notLetIn(why)));

/** Whether a page of ours, or a person, can have sent this; looked at before any secret is. */
function isFromHere({ headers: { host, origin } }: IncomingMessage): boolean {
  return isLoopbackHost(host) && (origin === undefined || isSameOrigin(origin, host));
}

/** What the page shows of itself. A browser sends it unasked to nobody. */
const shown = ({ headers: { authorization = "" } }: IncomingMessage) =>
  /^Bearer (\S+)$/.exec(authorization)?.[1] ?? "";

/**
 * Serves the built renderer, which holds no secret, to whoever asks on this machine, and the session to the page:
 * it shows a one-time token, and gets the secret that its socket is opened with.
 */
export function createWeb({ session, files, signOutEverywhere }: WebOptions): RequestListener {
  function letIn(request: IncomingMessage, response: ServerResponse) {
    const secret = session.redeem(shown(request));
    if (secret !== null) return sendJson(response, 200, { secret });
    return refuseEntry(response, "This address was used already, or is not this station’s.");
  }

  /** For those who are in. */
  const admitted =
    (act: (response: ServerResponse) => void): RequestListener =>
    (request, response) => {
      if (session.admits(shown(request))) act(response);
      else refuseEntry(response, "This browser is not let in.");
    };

  const acts: Record<string, RequestListener> = {
    [`POST ${SESSION_PATH}`]: letIn,
    [`GET ${SESSION_PATH}`]: admitted((response) => response.writeHead(204).end()),
    [`DELETE ${SESSION_PATH}`]: admitted((response) => {
      signOutEverywhere();
      response.writeHead(204).end();
    }),
    [`POST ${INVITATION_PATH}`]: admitted((response) =>
      sendJson(response, 200, { secret: session.issueToken() }),
    ),
  };

  return (request, response) => {
    response.setHeaders(headers);
    if (!isFromHere(request)) return refuse(response, 403, "The station answers to its own pages only.");
    const url = URL.parse(request.url ?? "", "http://localhost");
    if (url === null) return refuse(response, 400, "This is not an address.");

    const act = acts[`${request.method} ${url.pathname}`];
    if (act) return act(request, response);
    if (request.method !== "GET") return refuse(response, 405, "The station answers to GET only.");
    const answer = answerFor(files, url.pathname, request.headers);
    if (answer === null) return refuse(response, 404, "Not found.");
    response
      .writeHead(200, { ...answer.headers, "Content-Length": String(answer.body.length) })
      .end(answer.body);
  };
}
