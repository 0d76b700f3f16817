import { readdir, readFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { pageTypes } from "#adapters/page-headers.ts";

/** A file of the renderer, as it is sent: once as it is, once packed where that is less. */
type PageFile = { headers: Record<string, string>; plain: Buffer; packed: Buffer | null };

/** Of all files of the renderer, by the path of their address. */
export type PageFiles = Map<string, PageFile>;

const pack = promisify(gzip);

/** The build puts a hash of the content into the names of these, so what they hold never changes. */
const isHashed = (path: string) => path.startsWith("/assets/");

async function readPageFile(path: string, file: string, type: string): Promise<PageFile> {
  const plain = await readFile(file);
  const packed = await pack(plain);
  return {
    headers: {
      "Content-Type": type,
      "Cache-Control": isHashed(path) ? "private, max-age=31536000, immutable" : "no-store",
      Vary: "Accept-Encoding",
    },
    plain,
    packed: packed.length < plain.length * 0.9 ? packed : null,
  };
}

/** Read once: a page is of one build, though its files are built anew meanwhile, and no address leads out of the folder. */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.flatMap((entry) => {
    const type = entry.isFile() ? pageTypes[extname(entry.name)] : undefined;
    return type ? [{ file: join(entry.parentPath, entry.name), type }] : [];
  });
  const read = files.map(async ({ file, type }) => {
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    return [path, await readPageFile(path, file, type)] as const;
  });
  return new Map(await Promise.all(read));
}

const takesGzip = (headers: IncomingHttpHeaders) =>
  /\bgzip\b(?!\s*;\s*q=0(\.0*)?(\s|,|$))/.test(String(headers["accept-encoding"] ?? ""));

/** What is sent for a path to a browser that sent those headers; null where there is nothing. */
export function answerFor(files: PageFiles, path: string, asked: IncomingHttpHeaders) {
  const file = files.get(path === "/" ? "/index.html" : path);
  if (!file) return null;
  if (file.packed === null || !takesGzip(asked)) return { headers: file.headers, body: file.plain };
  return { headers: { ...file.headers, "Content-Encoding": "gzip" }, body: file.packed };
}
