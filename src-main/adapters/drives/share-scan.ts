type Scan<Found> = { print: string; found: Promise<Found> };

/** The last scan, as long as the fingerprint is the one from before it; a scan that failed is done again. */
export function shareScan<Found>(
  fingerprint: () => string,
  scan: () => Promise<Found>,
): () => Promise<Found> {
  let last: Scan<Found> | null = null;
  return () => {
    // Taken before the scan, so that a change during the scan leads to another one.
    const print = fingerprint();
    if (last?.print === print) return last.found;
    const begun = { print, found: scan() };
    last = begun;
    begun.found.catch(() => {
      if (last === begun) last = null;
    });
    return begun.found;
  };
}
