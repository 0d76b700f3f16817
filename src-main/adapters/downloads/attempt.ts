import type { IncomingHttpHeaders } from "node:http";
import type { ManifestImage } from "#contract/manifest.ts";
import { detectFormat, SIGNATURE_BYTES } from "#core/images/format.ts";
import { type Answer, type HttpOptions, packedReason, troubleOf, withAnswer } from "./http.ts";
import { HttpTrouble } from "./http-trouble.ts";
import type { Part } from "./part.ts";

/** What one request gave. */
export type Outcome =
  | { state: "whole" }
  /** The connection was lost; what arrived is kept. */
  | { state: "broken"; reason: string }
  /** All bytes are there and are not those of the manifest. */
  | { state: "wrong"; reason: string }
  | { state: "refused"; reason: string };

const RANGE_NOT_SATISFIABLE = 416;

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

const lengthOf = ({ "content-length": length }: IncomingHttpHeaders) =>
  length === undefined ? null : Number(length);

/** Whether an answer to a request for a part is that part. Its headers' word for the whole file's size counts nothing. */
function isWantedPart(part: Part, image: ManifestImage, headers: IncomingHttpHeaders): boolean {
  const [, start] = /^bytes (\d+)-/.exec(headers["content-range"] ?? "") ?? [];
  if (start !== undefined) return Number(start) === part.position();
  return lengthOf(headers) === image.fileBytes - part.position();
}

/** What frames the body cannot be wrong about its length. */
function checkLength(part: Part, image: ManifestImage, answer: Answer): void {
  const length = lengthOf(answer.headers);
  if (length === null || length === image.fileBytes - part.position()) return;
  refuse(
    packedReason(answer.headers) ??
      `its file has ${part.position() + length} bytes, the manifest says ${image.fileBytes}`,
  );
}

/** Makes the part ready for what the answer holds, the rest or all of it; false where it is neither. */
async function accept(part: Part, image: ManifestImage, answer: Answer): Promise<boolean> {
  const { status, headers } = answer;
  if (status === RANGE_NOT_SATISFIABLE || (status === 206 && !isWantedPart(part, image, headers)))
    return false;
  if (status === 200) await onDisk(part.restart());
  else if (status !== 206) throw new HttpTrouble(`it answers ${status}`, status === 429 || status >= 500);
  checkLength(part, image, answer);
  return true;
}

/** Whether what is there begins as the manifest's file does: what does not is no beginning to write a drive from. */
async function beginsRight(part: Part, { content }: ManifestImage): Promise<boolean> {
  if (!content) return true;
  const detected = detectFormat(await onDisk(part.beginning(SIGNATURE_BYTES)), Buffer.alloc(0));
  return detected.kind === "format" && detected.format === content.format;
}

async function checkBeginning(part: Part, image: ManifestImage, { headers }: Answer): Promise<void> {
  if (await beginsRight(part, image)) return;
  await onDisk(part.restart());
  refuse(packedReason(headers) ?? "what it sends does not begin as the file of the manifest does");
}

async function receive(part: Part, image: ManifestImage, answer: Answer, begun: () => void): Promise<void> {
  const enough = Math.min(SIGNATURE_BYTES, image.fileBytes);
  let checked = false;
  for await (const chunk of answer.body) {
    if (part.position() + chunk.length > image.fileBytes) {
      await onDisk(part.restart());
      refuse(
        packedReason(answer.headers) ?? `it sends more than the ${image.fileBytes} bytes of the manifest`,
      );
    }
    await onDisk(part.write(chunk));
    if (checked || part.position() < enough) continue;
    await checkBeginning(part, image, answer);
    checked = true;
    begun();
  }
  if (part.position() >= image.fileBytes) return;
  const packed = packedReason(answer.headers);
  if (packed) await onDisk(part.restart());
  throw new HttpTrouble(packed ?? "it ended before the end of the file", packed === null);
}

function judge(part: Part, image: ManifestImage, packed: string | null = null): Outcome {
  if (part.sha256() === image.sha256) return { state: "whole" };
  const reason = packed ?? "its file is not the one of the manifest: the SHA-256 differs";
  return { state: "wrong", reason };
}

/**
 * One request to one mirror, for what is missing; one more for all of it, where it gives no parts. `begun` is called
 * when the first bytes are there and look as they should. Throws DiskTrouble, and whatever an abort throws.
 */
export async function attempt(
  part: Part,
  image: ManifestImage,
  url: string,
  { http, begun }: { http: HttpOptions; begun: () => void },
  signal: AbortSignal,
): Promise<Outcome> {
  if (part.position() >= image.fileBytes) return judge(part, image);
  if (part.position() >= SIGNATURE_BYTES && !(await beginsRight(part, image))) await onDisk(part.restart());
  let packed: string | null = null;
  const take = (headers: Record<string, string>) =>
    withAnswer(url, headers, http, signal, async (answer) => {
      if (!(await accept(part, image, answer))) return false;
      packed = packedReason(answer.headers);
      await onDisk(part.comesFrom({ url, etag: strongTag(answer.headers) }));
      await receive(part, image, answer, begun);
      return true;
    });
  try {
    const taken = (await take(rangeHeaders(part, url))) || (await take({}));
    if (!taken) refuse("it sent another part of the file than it was asked for");
    return judge(part, image, packed);
  } catch (thrown) {
    if (thrown instanceof DiskTrouble || signal.aborted) throw thrown;
    const { message, passing } = troubleOf(thrown);
    return { state: passing ? "broken" : "refused", reason: message };
  }
}
