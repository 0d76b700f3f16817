import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Floppy } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { createBrowsers, GOODBYE_MS } from "./browsers.ts";
import { limitConnections } from "./connections.ts";
import { readPageFiles } from "./files.ts";
import { createSession } from "./session.ts";
import { createWeb } from "./web.ts";

/** How long a browser may read nothing of what waits for it. */
const STALL_MS = 30_000;
/** A page takes six connections; the rest is room for those that a flood has not pushed out yet. */
const MOST_STRANGERS = 256;
/** Loopback answers at once: whoever takes longer to ask, or to read, has something else in mind. */
const patience = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
const IDLE_MS = 30_000;

export type Station = {
  /** The address with a token that works once. */
  url: string;
  /** The same with a new token. */
  newUrl(): string;
  /** Nobody is in any more; a new address is announced. */
  signOutEverywhere(): void;
  close(): Promise<void>;
};

export type StationOptions = {
  floppy: Floppy;
  rendererFolder: string;
  /** 0: any free one. */
  port: number;
  /** Told each address that takes the place of the first. */
  announce?(url: string): void;
  stallMs?: number;
};

async function listen(server: Server, port: number) {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    throw new FloppyError(
      "INVALID_INPUT",
      `Port ${port} of 127.0.0.1 cannot be used; another program may have it.`,
      "Nothing was started. Leave out --port to get a free one.",
    );
  }
}

/** Opens the loopback door: the renderer over HTTP, the calls over one WebSocket at `/api`. */
export async function startStation(options: StationOptions): Promise<Station> {
  const { floppy, rendererFolder, port, announce, stallMs = STALL_MS } = options;
  const session = createSession();
  const files = await readPageFiles(rendererFolder);
  const server = createServer(patience, createWeb({ session, files, signOutEverywhere }));
  server.setTimeout(IDLE_MS);
  const connections = limitConnections(server, MOST_STRANGERS);
  const browsers = createBrowsers({ floppy, session, connections, stallMs });
  server.on("upgrade", browsers.upgrade);

  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  const newUrl = () => `http://127.0.0.1:${actualPort}/?token=${session.issueToken()}`;

  function signOutEverywhere() {
    session.end();
    browsers.signOut();
    announce?.(newUrl());
  }

  return {
    url: newUrl(),
    newUrl,
    signOutEverywhere,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      browsers.sayGoodbye();
      const goodbye = setTimeout(connections.destroyAll, GOODBYE_MS);
      await closed;
      clearTimeout(goodbye);
    },
  };
}
