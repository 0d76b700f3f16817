import { extname, join, sep } from "node:path";
import { pageTypes } from "#adapters/page-headers.ts";
import { PAGE_HOST, PAGE_SCHEME } from "#contract/channels.ts";

/** Sites that a link of Floppy's may open in the system's browser. */
const OUTSIDE = new Set(["nixos.org", "wiki.nixos.org", "nix.dev"]);

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
    const type = pageTypes[extname(path)];
    return path.startsWith(folder + sep) && type && !path.includes("\0") ? { path, type } : null;
  } catch {
    return null;
  }
}
