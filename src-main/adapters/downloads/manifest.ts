import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { FoundManifest, Manifest, ManifestPlace } from "#contract/manifest.ts";
import { manifestUnreadable, manifestUntrusted, parseManifest } from "#core/images/manifest.ts";
import { readable } from "#core/text/readable.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { errorCode } from "../error-code.ts";
import { type HttpOptions, HttpTrouble, troubleOf, withAnswer } from "./http.ts";
import { checkSignature } from "./minisign.ts";

const LONGEST_MANIFEST = 4 * 1024 ** 2;
const LONGEST_SIGNATURE = 4096;
const LONGEST_COMMENT = 200;

/** A manifest and its signature as they were served. */
const served = z.object({ text: z.string(), signature: z.string().nullable() });
type Served = z.infer<typeof served>;

async function readBounded(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) throw new HttpTrouble(`it is longer than ${limit} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The text that is served there; null where there is none. */
async function fetchText(url: string, limit: number, http: HttpOptions, signal: AbortSignal) {
  return withAnswer(url, {}, http, signal, async ({ status, body }) => {
    if (status === 404) return null;
    if (status !== 200) throw new HttpTrouble(`it answers ${status}`, true);
    return readBounded(body, limit);
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

/** Nothing of an unsigned or wrongly signed manifest is looked at where a key is set. */
function check({ url, publicKey }: ManifestPlace, { text, signature }: Served): Checked {
  if (publicKey === null) return { ...parseManifest(url, text), signature: { state: "unsigned" } };
  if (signature === null) throw manifestUntrusted(url, "it is not signed, and Settings name a public key.");
  const checked = checkSignature(Buffer.from(text), signature, publicKey);
  if (!checked.valid) throw manifestUntrusted(url, checked.reason);
  const comment = readable(checked.comment, LONGEST_COMMENT);
  return { ...parseManifest(url, text), signature: { state: "signed", comment } };
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

async function loadLocal(place: ManifestPlace): Promise<Checked & { kept: null }> {
  try {
    return { ...check(place, await readServed(place)), kept: null };
  } catch (thrown) {
    if (thrown instanceof FloppyError) throw thrown;
    const reason = errorCode(thrown) === "ENOENT" ? "There is no such file." : String(thrown);
    throw manifestUnreadable(place.url, reason);
  }
}

/** The manifest of a place, its signature checked; or the copy that was kept, where its server cannot be asked. */
export async function loadManifest(
  place: ManifestPlace,
  folder: string,
  http: HttpOptions,
  signal: AbortSignal,
): Promise<Checked & { kept: string | null }> {
  if (place.url.startsWith("/")) return loadLocal(place);
  const copy = copyOf(folder, place.url);
  let answer: Served;
  try {
    answer = await fetchServed(place, http, signal);
  } catch (thrown) {
    if (signal.aborted) throw cancelled("Reading the manifest");
    const reason = `Its server cannot be used: ${troubleOf(thrown).message}.`;
    const kept = await readKept(copy, place);
    if (!kept) throw manifestUnreadable(place.url, reason);
    return { ...check(place, kept), kept: reason };
  }
  const checked = check(place, answer);
  // A full disk, or one that is read-only, must not keep anyone from reading a manifest.
  await keep(copy, answer).catch(() => undefined);
  return { ...checked, kept: null };
}
