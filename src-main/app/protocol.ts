import { readFile } from "node:fs/promises";
import { type Protocol, protocol } from "electron";
import { pageHeaders } from "#adapters/page-headers.ts";
import { PAGE_SCHEME } from "#contract/channels.ts";
import { fileAt } from "./addresses.ts";

/** Must be called before the app is ready. */
export function declareScheme() {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built renderer under Floppy's own scheme; the page may connect to nothing. */
export function servePages(of: Protocol, rendererFolder: string) {
  of.handle(PAGE_SCHEME, async (request) => {
    const file = request.method === "GET" ? fileAt(request.url, rendererFolder) : null;
    const content = file && (await readFile(file.path).catch(() => null));
    if (!content) return new Response("Not found.", { status: 404, headers: pageHeaders("'none'") });
    return new Response(new Uint8Array(content), {
      headers: { ...pageHeaders("'none'"), "Content-Type": file.type },
    });
  });
}
