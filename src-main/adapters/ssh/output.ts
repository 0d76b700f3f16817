import { createLineSplitter, type LineSplitter } from "#core/text/lines.ts";

export const STDOUT_LIMIT = 4 * 1024 * 1024;
/** Far more than any build says; whoever sends more means harm. */
const STDERR_LIMIT = 64 * 1024 * 1024;
const STDERR_TAIL_CHARACTERS = 16 * 1024;

export type Output = {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  /** Everything that was kept; the lines without an end are told before. */
  end(): { stdout: string; stderr: string };
};

export type OutputOptions = {
  limitBytes: number;
  onLine: ((line: string) => void) | undefined;
  /** A line of stderr that is not the command's own is taken out here. */
  takeOut(line: string): boolean;
  /** Called for each line, shown or not. */
  onPace(): void;
  onTooMuch(): void;
};

/** Keeps what a command says within bounds, and passes it on by lines. */
export function createOutput({ limitBytes, onLine, takeOut, onPace, onTooMuch }: OutputOptions): Output {
  const kept: Buffer[] = [];
  const bytes = { stdout: 0, stderr: 0 };
  let tail = "";
  const shown = (line: string) => {
    onPace();
    onLine?.(line);
  };
  const outLines = onLine ? decoding(createLineSplitter(shown)) : null;
  const errorLines = decoding(
    createLineSplitter((line) => {
      if (takeOut(line)) return;
      tail += `${line}\n`;
      if (tail.length > 2 * STDERR_TAIL_CHARACTERS) tail = tail.slice(-STDERR_TAIL_CHARACTERS);
      shown(line);
    }),
  );
  return {
    stdout(chunk) {
      bytes.stdout += chunk.length;
      if (bytes.stdout > limitBytes) return onTooMuch();
      kept.push(chunk);
      outLines?.write(chunk);
    },
    stderr(chunk) {
      bytes.stderr += chunk.length;
      if (bytes.stderr > STDERR_LIMIT) return onTooMuch();
      errorLines.write(chunk);
    },
    end() {
      outLines?.end();
      errorLines.end();
      return { stdout: Buffer.concat(kept).toString(), stderr: tail.slice(-STDERR_TAIL_CHARACTERS) };
    },
  };
}

function decoding(lines: LineSplitter): { write(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder();
  return {
    write: (chunk) => lines.write(decoder.decode(chunk, { stream: true })),
    end() {
      lines.write(decoder.decode());
      lines.end();
    },
  };
}
