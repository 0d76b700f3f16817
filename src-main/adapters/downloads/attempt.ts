import type { IncomingHttpHeaders } from "node:http";
import type { ManifestImage } from "#contract/manifest.ts";
import { type Answer, type HttpOptions, HttpTrouble, troubleOf, withAnswer } from "./http.ts";
import type { Part } from "./part.ts";

/** What one request gave. */
export type Outcome =
  | { state: "whole" }
  /** The connection was lost; what arrived is kept. */
  | { state: "broken"; reason: string }
  /** All bytes are there and are not those of the manifest. */
  | { state: "wrong"; reason: string }
  | { state: "refused"; reason: string };

/** What the disk threw, in an envelope: it is nobody's fault on the network. */
export class DiskTrouble extends Error {
  constructor(cause: unknown) {
    super("the disk failed", { cause });
    this.name = "DiskTrouble";
  }
}

async function onDisk<Value>(work: Promise<Value>): Promise<Value> {
  return work.catch((thrown: unknown) => {
    throw new DiskTrouble(thrown);
  });
}

/** A weak tag vouches for the meaning of a file, not for its bytes. */
function strongTag({ etag }: IncomingHttpHeaders): string | null {
  return etag?.startsWith('"') ? etag : null;
}

/** Asks for the rest, on the condition that the file is still the one whose beginning is here. */
function rangeHeaders(part: Part, url: string): Record<string, string> {
  if (part.position() === 0) return {};
  const from = part.origin();
  const condition: Record<string, string> =
    from?.url === url && from.etag !== null ? { "if-range": from.etag } : {};
  return { range: `bytes=${part.position()}-`, ...condition };
}

function refuse(reason: string): never {
  throw new HttpTrouble(reason, false);
}

function checkRange(part: Part, image: ManifestImage, headers: IncomingHttpHeaders): void {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
  if (total !== undefined && total !== "*" && Number(total) !== image.fileBytes)
    refuse(`its file has ${total} bytes, the manifest says ${image.fileBytes}`);
  if (Number(start) !== part.position()) refuse("it sent another part of the file than it was asked for");
}

function checkLength(part: Part, image: ManifestImage, headers: IncomingHttpHeaders): void {
  if ((headers["content-encoding"] ?? "identity") !== "identity") refuse("it packs the file once more");
  const length = headers["content-length"];
  if (length === undefined || Number(length) === image.fileBytes - part.position()) return;
  refuse(`its file has ${part.position() + Number(length)} bytes, the manifest says ${image.fileBytes}`);
}

/** Makes the part ready for what the answer holds: the rest, or all of it. */
async function accept(part: Part, image: ManifestImage, { status, headers }: Answer): Promise<void> {
  if (status === 206) checkRange(part, image, headers);
  else if (status === 200) await onDisk(part.restart());
  else throw new HttpTrouble(`it answers ${status}`, status === 429 || status >= 500);
  checkLength(part, image, headers);
}

async function receive(part: Part, image: ManifestImage, { body }: Answer): Promise<void> {
  for await (const chunk of body) {
    if (part.position() + chunk.length > image.fileBytes) {
      await onDisk(part.restart());
      refuse(`it sends more than the ${image.fileBytes} bytes of the manifest`);
    }
    await onDisk(part.write(chunk));
  }
  if (part.position() < image.fileBytes) throw new HttpTrouble("it ended before the end of the file", true);
}

function judge(part: Part, image: ManifestImage): Outcome {
  return part.sha256() === image.sha256
    ? { state: "whole" }
    : { state: "wrong", reason: "its file is not the one of the manifest: the SHA-256 differs" };
}

/** One request to one mirror, for what is missing. Throws DiskTrouble, and whatever an abort throws. */
export async function attempt(
  part: Part,
  image: ManifestImage,
  url: string,
  http: HttpOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  if (part.position() >= image.fileBytes) return judge(part, image);
  try {
    await withAnswer(url, rangeHeaders(part, url), http, signal, async (answer) => {
      await accept(part, image, answer);
      await onDisk(part.comesFrom({ url, etag: strongTag(answer.headers) }));
      await receive(part, image, answer);
    });
    return judge(part, image);
  } catch (thrown) {
    if (thrown instanceof DiskTrouble || signal.aborted) throw thrown;
    const { message, passing } = troubleOf(thrown);
    return { state: passing ? "broken" : "refused", reason: message };
  }
}
