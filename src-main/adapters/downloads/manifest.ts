import { isUtf8 } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { FoundManifest, Manifest, ManifestImage, ManifestPlace } from "#contract/manifest.ts";
import { NO_SERIAL, readCurrency, refuseExpired, refuseOlder } from "#core/images/currency.ts";
import { manifestUnreadable, manifestUntrusted, parseManifest } from "#core/images/manifest.ts";
import { readable } from "#core/text/readable.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { errorCode } from "../error-code.ts";
import { type Answer, type HttpOptions, packedReason, troubleOf, withAnswer } from "./http.ts";
import { HttpTrouble } from "./http-trouble.ts";
import { isLocalHost, LOCAL_ADDRESS } from "./local-addresses.ts";
import { checkSignature } from "./minisign.ts";
import type { SeenSerials } from "./seen-serials.ts";

const LONGEST_MANIFEST = 4 * 1024 ** 2;
const LONGEST_SIGNATURE = 4096;
const LONGEST_COMMENT = 200;

/** A manifest and its signature as they were served. */
const served = z.object({ text: z.string(), signature: z.string().nullable() });
type Served = z.infer<typeof served>;

async function readBounded(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) throw new HttpTrouble(`it is longer than ${limit} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whatever its headers say, a text is one; what is none may have been packed. */
function textOf(bytes: Buffer, { headers }: Answer): string {
  const packed = packedReason(headers);
  if (packed !== null && !isUtf8(bytes)) throw new HttpTrouble(packed, false);
  return bytes.toString("utf8");
}

/** The text that is served there; null where there is none. */
async function fetchText(url: string, limit: number, http: HttpOptions, signal: AbortSignal) {
  return withAnswer(url, {}, http, signal, async (answer) => {
    const { status, body } = answer;
    if (status === 404) return null;
    if (status !== 200) throw new HttpTrouble(`it answers ${status}`, true);
    return textOf(await readBounded(body, limit), answer);
  });
}

async function fetchServed({ url, publicKey }: ManifestPlace, http: HttpOptions, signal: AbortSignal) {
  const text = await fetchText(url, LONGEST_MANIFEST, http, signal);
  if (text === null) throw new HttpTrouble("there is none at this address", false);
  if (publicKey === null) return { text, signature: null };
  const beside = new URL(url);
  beside.pathname += ".minisig";
  return { text, signature: await fetchText(beside.href, LONGEST_SIGNATURE, http, signal) };
}

async function readLimited(path: string, limit: number): Promise<string> {
  const { size } = await stat(path);
  if (size > limit) throw new Error(`it is longer than ${limit} bytes`);
  return readFile(path, "utf8");
}

async function readServed({ url: path, publicKey }: ManifestPlace): Promise<Served> {
  const text = await readLimited(path, LONGEST_MANIFEST);
  if (publicKey === null) return { text, signature: null };
  const signature = await readLimited(`${path}.minisig`, LONGEST_SIGNATURE).catch((thrown: unknown) => {
    if (errorCode(thrown) === "ENOENT") return null;
    throw thrown;
  });
  return { text, signature };
}

type Checked = Manifest & Pick<FoundManifest, "signature" | "skipped">;

/** What a manifest is held to: where its copies lie, what was seen of its key before, and what time it is. */
export type ManifestWorld = { folder: string; http: HttpOptions; seen: SeenSerials; now: () => Date };

/** Nothing of an unsigned or wrongly signed manifest is looked at where a key is set. */
async function check(
  { url, publicKey }: ManifestPlace,
  { text, signature }: Served,
  { seen, now }: ManifestWorld,
  goBackTo: number | null,
): Promise<Checked> {
  if (publicKey === null) return { ...parseNamed(url, text), signature: { state: "unsigned" } };
  if (signature === null) throw manifestUntrusted(url, "it is not signed, and Settings name a public key.");
  const checked = checkSignature(Buffer.from(text), signature, publicKey);
  if (!checked.valid) throw manifestUntrusted(url, checked.reason);
  const parsed = parseNamed(url, text);
  const current = readCurrency(url, text);
  refuseExpired(url, current, now());
  const serial = current?.serial ?? NO_SERIAL;
  if (goBackTo === serial) await seen.goBack(publicKey, serial);
  refuseOlder(url, current, await seen.highest(publicKey));
  if (current) await seen.see(publicKey, serial);
  const comment = readable(checked.comment, LONGEST_COMMENT);
  const { expires } = current ?? {};
  return {
    ...parsed,
    signature: { state: "signed", comment, ...(expires !== undefined && { current: { serial, expires } }) },
  };
}

/** As it says; but what comes from elsewhere names nothing on this computer. Whose own list it is knows what is there. */
function parseNamed(url: string, text: string): Manifest & Pick<FoundManifest, "skipped"> {
  const { images, skipped, ...rest } = parseManifest(url, text);
  const isElsewhere = !url.startsWith("/") && !isLocalHost(new URL(url).hostname);
  const isLocal = ({ urls }: ManifestImage) => urls.some((one) => isLocalHost(new URL(one).hostname));
  const [refused, taken] = isElsewhere
    ? [images.filter(isLocal), images.filter((image) => !isLocal(image))]
    : [[], images];
  const reasons = refused.map(({ target }) => `${target}: it is said to lie at ${LOCAL_ADDRESS}.`);
  if (taken.length === 0 && reasons.length > 0) throw manifestUntrusted(url, reasons.join(" "));
  return { ...rest, images: taken, skipped: [...skipped, ...reasons] };
}

/** The last good answer is kept, so that a bench whose network is away goes on with what it has. */
function copyOf(folder: string, url: string): string {
  const name = createHash("sha256").update(url).digest("hex").slice(0, 16);
  return join(folder, `manifest-${name}.json`);
}

async function keep(file: string, answer: Served): Promise<void> {
  const next = `${file}.${randomUUID()}`;
  makeFolder(dirname(file));
  try {
    await writeFile(next, JSON.stringify(answer));
    await rename(next, file);
  } finally {
    await rm(next, { force: true });
  }
}

/** Null where there is none, and where it was kept before signatures were asked for. */
async function readKept(file: string, { publicKey }: ManifestPlace): Promise<Served | null> {
  try {
    const kept = served.parse(JSON.parse(await readFile(file, "utf8")));
    return publicKey !== null && kept.signature === null ? null : kept;
  } catch {
    return null;
  }
}

async function loadLocal(
  place: ManifestPlace,
  world: ManifestWorld,
  goBackTo: number | null,
): Promise<Checked & { kept: null }> {
  try {
    return { ...(await check(place, await readServed(place), world, goBackTo)), kept: null };
  } catch (thrown) {
    if (thrown instanceof FloppyError) throw thrown;
    const reason = errorCode(thrown) === "ENOENT" ? "There is no such file." : String(thrown);
    throw manifestUnreadable(place.url, reason);
  }
}

/** The manifest of a place, its signature and its age checked; or the copy that was kept, where its server cannot be asked. */
export async function loadManifest(
  place: ManifestPlace,
  world: ManifestWorld,
  goBackTo: number | null,
  signal: AbortSignal,
): Promise<Checked & { kept: string | null }> {
  if (place.url.startsWith("/")) return loadLocal(place, world, goBackTo);
  const copy = copyOf(world.folder, place.url);
  let answer: Served;
  try {
    answer = await fetchServed(place, world.http, signal);
  } catch (thrown) {
    if (signal.aborted) throw cancelled("Reading the manifest");
    const reason = `Its server cannot be used: ${troubleOf(thrown).message}.`;
    const kept = await readKept(copy, place);
    if (!kept) throw manifestUnreadable(place.url, reason);
    return { ...(await check(place, kept, world, goBackTo)), kept: reason };
  }
  const checked = await check(place, answer, world, goBackTo);
  // A full disk, or one that is read-only, must not keep anyone from reading a manifest.
  await keep(copy, answer).catch(() => undefined);
  return { ...checked, kept: null };
}
