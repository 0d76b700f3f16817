import { extname, join, sep } from "node:path";
import { PAGE_HOST, PAGE_SCHEME } from "#contract/channels.ts";

/** Sites that a link of Floppy's may open in the system's browser. */
const OUTSIDE = new Set(["nixos.org", "wiki.nixos.org", "nix.dev"]);

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Protocol and host, since Node knows no origin for a scheme of one's own. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${PAGE_SCHEME}:` && url.host === PAGE_HOST;
}

export function mayOpenOutside(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "https:" && url.username === "" && OUTSIDE.has(url.host);
}

/** The file and content type an address of Floppy's own stands for, or null: nothing outside of `folder`. */
export function fileAt(address: string, folder: string): { path: string; type: string } | null {
  const url = URL.parse(address);
  if (url === null || !isOwnPage(address)) return null;
  try {
    const path = join(folder, decodeURIComponent(url.pathname === "/" ? "/index.html" : url.pathname));
    const type = TYPES[extname(path)];
    return path.startsWith(folder + sep) && type && !path.includes("\0") ? { path, type } : null;
  } catch {
    return null;
  }
}
