/** Signed is not current: what a signed manifest says of its own age, held to what was seen of its key. Pure. */
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { type Currency, currency, MANIFEST_PURPOSE } from "#contract/manifest.ts";
import { parseJson } from "../text/json.ts";
import { readable } from "../text/readable.ts";
import { manifestUntrusted } from "./manifest.ts";

const NOTHING_WRITTEN = "Nothing was written.";
const claims = z.object({ purpose: z.unknown(), serial: z.unknown(), expires: z.unknown() }).partial();

/**
 * What the text says; null where it says nothing of it, as those of before did. What is there in part, or is not
 * understood, is no manifest of before: MANIFEST_UNTRUSTED.
 */
export function readCurrency(url: string, text: string): Currency | null {
  const told = claims.parse(parseJson(text));
  if (Object.values(told).every((value) => value === undefined)) return null;
  if (typeof told.purpose === "string" && told.purpose !== MANIFEST_PURPOSE)
    throw manifestUntrusted(url, `it was signed for another purpose: “${readable(told.purpose, 60)}”.`);
  const parsed = currency.safeParse(told);
  if (parsed.success) return parsed.data;
  const reason = readable(z.prettifyError(parsed.error), 300);
  throw manifestUntrusted(url, `what it says of its purpose and age is not understood: ${reason}.`);
}

/** Of a list that says nothing of its age, this stands for its serial. */
export const NO_SERIAL = 0;

/** Throws MANIFEST_EXPIRED for a list that is not to be used any more. */
export function refuseExpired(url: string, found: Currency | null, now: Date): void {
  if (found === null || Date.parse(found.expires) > now.getTime()) return;
  const [until, today] = [found.expires, now.toISOString()].map((at) => at.slice(0, 10));
  throw new FloppyError(
    "MANIFEST_EXPIRED",
    `The image manifest ${url} was good until ${until}.`,
    `${NOTHING_WRITTEN} Ask whoever publishes it for a new one; until then, build the image or use a file. Today is ${today} by this computer’s clock: if that is wrong, set it.`,
    { url, expires: found.expires, serial: found.serial },
  );
}

/** Throws MANIFEST_OLDER for a list that is older than one that was seen of the same key. */
export function refuseOlder(url: string, found: Currency | null, seen: number): void {
  const serial = found?.serial ?? NO_SERIAL;
  if (serial >= seen) return;
  const what = found === null ? "says nothing of its age, and a later one does" : `has the serial ${serial}`;
  throw new FloppyError(
    "MANIFEST_OLDER",
    `The image manifest ${url} is older than one that was seen here: it ${what}; ${seen} was seen.`,
    `${NOTHING_WRITTEN} Somebody may be holding back the later one, or passing off an old one for it: ask whoever publishes it. Only if going back is meant: floppy images --go-back-to ${serial}, or agree to it where downloads are chosen.`,
    { url, serial, seen },
  );
}
