import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import sirv from "sirv";
import { pageHeaders } from "#adapters/page-headers.ts";
import { isLoopbackHost, isSameOrigin } from "./loopback.ts";
import { refusalPage } from "./pages.ts";
import type { Session } from "./session.ts";

const headers = new Map(Object.entries({ ...pageHeaders("'self'"), "Cache-Control": "no-store" }));

function plain(response: ServerResponse, status: number, text: string) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

function refuse(response: ServerResponse, why: string) {
  response.writeHead(403, { "Content-Type": "text/html; charset=utf-8" }).end(refusalPage(why));
}

function redirectHome(response: ServerResponse, cookie: string | null) {
  response.writeHead(303, { Location: "/", ...(cookie && { "Set-Cookie": cookie }) }).end();
}

/** Whether a page of ours, or a person, can have sent this; looked at before any secret is. */
function isFromHere({ headers: { host, origin } }: IncomingMessage): boolean {
  return isLoopbackHost(host) && (origin === undefined || isSameOrigin(origin, host));
}

function letIn(session: Session, token: string | null, response: ServerResponse) {
  if (token === null) return refuse(response, "The station lets in one browser per address it prints.");
  const cookie = session.redeem(token);
  if (cookie === null) return refuse(response, "This address was used already, or is not this station’s.");
  redirectHome(response, cookie);
}

/** Serves the built renderer to a browser that holds the session; a one-time token opens the session. */
export function createWeb(session: Session, rendererFolder: string): RequestListener {
  const files = sirv(rendererFolder, { onNoMatch: (_, response) => plain(response, 404, "Not found.") });

  return (request, response) => {
    response.setHeaders(headers);
    if (!isFromHere(request)) return plain(response, 403, "The station answers to its own pages only.");
    if (request.method !== "GET") return plain(response, 405, "The station answers to GET only.");
    const url = URL.parse(request.url ?? "", "http://localhost");
    if (url === null) return plain(response, 400, "This is not an address.");

    const token = url.searchParams.get("token");
    if (!session.admits(request.headers.cookie)) letIn(session, token, response);
    else if (token === null) files(request, response);
    else redirectHome(response, null);
  };
}
