import { StringDecoder } from "node:string_decoder";
import { plainText } from "#core/text/plain-text.ts";
import { readable } from "#core/text/readable.ts";

/** A longer line is told in pieces of this: nobody may fill the memory by never ending one. */
const LONGEST_LINE = 2000;

/** Cuts a stranger's stream into lines that can be shown. A carriage return ends one too: progress bars use it. */
export function createLines(onLine: (line: string) => void) {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const tell = (line: string) => onLine(readable(plainText(line), LONGEST_LINE));

  return {
    push(chunk: Buffer): void {
      const parts = (rest + decoder.write(chunk)).split(/\r?\n|\r/);
      rest = parts.pop() ?? "";
      for (const line of parts) tell(line);
      for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE)) tell(rest.slice(0, LONGEST_LINE));
    },
    end(): void {
      const last = rest + decoder.end();
      rest = "";
      if (last !== "") tell(last);
    },
  };
}
