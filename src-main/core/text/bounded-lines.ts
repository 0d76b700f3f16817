const MIB = 1024 ** 2;
/** Far above any job, inspection or report: between Floppy and its writer a longer line is a fault. */
export const WRITER_LINE_LIMIT = 8 * MIB;
/** Of a program that is not ours: a longer line holds nothing that is looked for. */
export const FOREIGN_LINE_LIMIT = MIB;

export type BoundedLines = {
  write(text: string): void;
  /** Passes on what is left without a line end. */
  end(): void;
};

type Options = {
  /** Characters that a line may have. */
  limit: number;
  onLine(line: string): void;
  /** Called once for a longer one as soon as it is too long; none of it is kept or passed on. */
  onTooLong(): void;
};

/** Makes lines of a stream, each whole and as it is; whatever comes, no more than the limit is kept. */
export function createBoundedLines({ limit, onLine, onTooLong }: Options): BoundedLines {
  let pending: string[] = [];
  let length = 0;
  let isTooLong = false;

  function add(text: string): void {
    length += text.length;
    if (length <= limit) {
      if (text !== "") pending.push(text);
      return;
    }
    pending = [];
    if (!isTooLong) onTooLong();
    isTooLong = true;
  }

  function endLine(): void {
    const line = pending.join("");
    const isWhole = !isTooLong;
    pending = [];
    length = 0;
    isTooLong = false;
    if (isWhole) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }

  return {
    write(text) {
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        add(text.slice(from, end));
        endLine();
        from = end + 1;
      }
      add(text.slice(from));
    },
    end() {
      if (length > 0) endLine();
    },
  };
}

/** The same of a stream of bytes, line by line. What is too long is skipped, unless `onTooLong` throws. */
export async function* boundedLines(
  chunks: AsyncIterable<Uint8Array>,
  { limit, onTooLong }: Pick<Options, "limit" | "onTooLong">,
): AsyncGenerator<string> {
  let lines: string[] = [];
  const splitter = createBoundedLines({ limit, onTooLong, onLine: (line) => lines.push(line) });
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    splitter.write(decoder.decode(chunk, { stream: true }));
    yield* lines;
    lines = [];
  }
  splitter.write(decoder.decode());
  splitter.end();
  yield* lines;
}
