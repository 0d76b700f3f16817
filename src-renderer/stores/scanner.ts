/** A barcode scanner types faster than any person, and ends with Enter. Milliseconds between two keys. */
const FASTEST_TYPIST_MS = 40;
const SHORTEST_SCAN = 6;

export type Scanner = {
  /** Takes one key with its time in milliseconds; returns the text on the Enter that ends a scan. */
  press(key: string, at: number): string | null;
};

export function createScanner(): Scanner {
  let text = "";
  let last = Number.NEGATIVE_INFINITY;
  return {
    press(key, at) {
      if (at - last > FASTEST_TYPIST_MS) text = "";
      last = at;
      if (key.length === 1) text += key;
      if (key !== "Enter") return null;
      const scanned = text;
      text = "";
      return scanned.length >= SHORTEST_SCAN ? scanned : null;
    },
  };
}
