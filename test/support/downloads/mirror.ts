/** Servers on loopback that hand out a file, as well or as badly as they are told. */
import { createHash } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ManifestImage } from "#contract/manifest.ts";
import { createRandom } from "../random.ts";

export const image = createRandom(7).fill(Buffer.alloc(3 * 1024 ** 2));
export const ETAG = '"first"';

export type Serve = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** As a good server does: ranges, and a tag. */
export function whole(body: Buffer = image, etag = ETAG): Serve {
  return (request, response) => {
    const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
    const condition = request.headers["if-range"];
    if (start === undefined || (condition !== undefined && condition !== etag)) {
      response.writeHead(200, { etag, "content-length": body.length });
      response.end(body);
      return;
    }
    const rest = body.subarray(Number(start));
    response.writeHead(206, {
      etag,
      "content-length": rest.length,
      "content-range": `bytes ${start}-${body.length - 1}/${body.length}`,
    });
    response.end(rest);
  };
}

/** Begins as if all of it came, and drops the connection after so many bytes. */
export function droppedAfter(bytes: number): Serve {
  return (_request, response) => {
    response.writeHead(200, { etag: ETAG, "content-length": image.length });
    response.write(image.subarray(0, bytes), () => response.destroy());
  };
}

export type Mirror = {
  url: string;
  server: Server;
  /** The headers of each request, in order. */
  asked: IncomingMessage["headers"][];
  close(): Promise<void>;
};

const open: Mirror[] = [];

/** For a hook after each test. */
export async function closeMirrors(): Promise<void> {
  for (const mirror of open.splice(0)) await mirror.close();
}

type Certificate = { key: string; cert: string };

export async function serve(how: Serve, path = "/robot.img", certificate?: Certificate): Promise<Mirror> {
  const asked: Mirror["asked"] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request.headers);
    how(request, response, asked.length);
  };
  const server = certificate ? createSecureServer(certificate, listener) : createServer(listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const mirror: Mirror = {
    server,
    url: `${certificate ? "https" : "http"}://127.0.0.1:${port}${path}`,
    asked,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
  open.push(mirror);
  return mirror;
}

export function listed(...mirrors: Pick<Mirror, "url">[]): ManifestImage {
  return {
    target: "raspberry-robot",
    urls: mirrors.map(({ url }) => url),
    fileBytes: image.length,
    sha256: createHash("sha256").update(image).digest("hex"),
    name: "robot.img",
  };
}
