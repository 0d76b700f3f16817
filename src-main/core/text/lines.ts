import { plainText } from "./plain-text.ts";

/** Longest line that is passed on; JSON lines of nix are within it. */
export const LINE_LIMIT = 4096;
/** What is kept of a line that does not end: escapes take room too. */
const PENDING_LIMIT = 2 * LINE_LIMIT;

export type LineSplitter = {
  write(text: string): void;
  /** Passes on what is left without a line end. */
  end(): void;
};

/**
 * Makes lines of a program's output as it comes, each as a person may read it: cut to LINE_LIMIT, escape codes and
 * control characters removed, empty ones left out. A carriage return ends a line too: progress is drawn with it.
 * Of a line that never ends no more than PENDING_LIMIT is kept.
 */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let pending = "";
  const add = (text: string) => {
    if (pending.length < PENDING_LIMIT) pending += text.slice(0, PENDING_LIMIT - pending.length);
  };
  const end = () => {
    const line = plainText(pending).trimEnd();
    pending = "";
    if (line !== "") onLine(line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT - 1)}…` : line);
  };
  return {
    write(text) {
      const [first = "", ...others] = text.split(/[\r\n]/);
      add(first);
      for (const other of others) {
        end();
        add(other);
      }
    },
    end,
  };
}
