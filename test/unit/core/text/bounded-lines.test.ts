import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { boundedLines, createBoundedLines } from "#core/text/bounded-lines.ts";

const LIMIT = 8;

function linesOf(...chunks: string[]) {
  const lines: string[] = [];
  const onTooLong = vi.fn();
  const splitter = createBoundedLines({ limit: LIMIT, onLine: (line) => lines.push(line), onTooLong });
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return { lines, tooLong: onTooLong.mock.calls.length };
}

async function* bytesOf(...chunks: Uint8Array[]) {
  yield* chunks;
}

async function linesOfBytes(...chunks: Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of boundedLines(bytesOf(...chunks), { limit: LIMIT, onTooLong: () => undefined }))
    lines.push(line);
  return lines;
}

describe("lines", () => {
  it.each([
    [["one\ntwo\n"], ["one", "two"]],
    [
      ["on", "e\nt", "wo"],
      ["one", "two"],
    ],
    [["one\r\ntwo\r\n"], ["one", "two"]],
    [["\n\n"], ["", ""]],
    [["{}\u2028\n"], ["{}\u2028"]],
    [["12345678\n"], ["12345678"]],
    [[""], []],
  ])("of %j are %j", (chunks, lines) => {
    expect(linesOf(...chunks)).toEqual({ lines, tooLong: 0 });
  });

  it("that are too long are told of once each, skipped whole, and the next is read", () => {
    expect(linesOf("123456789\nnext\n")).toEqual({ lines: ["next"], tooLong: 1 });
    expect(linesOf("1234", "5678", "9", "0", "1\nnext\n", "x".repeat(100))).toEqual({
      lines: ["next"],
      tooLong: 2,
    });
  });

  it("that do not end are not kept", () => {
    const splitter = createBoundedLines({ limit: LIMIT, onLine: vi.fn(), onTooLong: vi.fn() });
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 3200; count += 1) splitter.write(Buffer.alloc(2 ** 16, "x").toString());
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 2 ** 20);
  });

  it("are the same however the text is cut into pieces", () => {
    const text = fc.array(fc.constantFrom("a", "bcd", "\n", "\r\n", "磁"), { maxLength: 40 });
    fc.assert(
      fc.property(text, (pieces) => {
        expect(linesOf(...pieces)).toEqual(linesOf(pieces.join("")));
      }),
    );
  });

  it("of bytes are whole letters, wherever they were cut", async () => {
    const bytes = new TextEncoder().encode("磁\n気");
    expect(await linesOfBytes(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(["磁", "気"]);
  });

  it("of bytes end where it is refused to read a line that is too long", async () => {
    const refusing = boundedLines(bytesOf(Buffer.from("one\n"), Buffer.alloc(LIMIT + 1, "x")), {
      limit: LIMIT,
      onTooLong() {
        throw new Error("too long");
      },
    });
    expect(await refusing.next()).toEqual({ value: "one", done: false });
    await expect(refusing.next()).rejects.toThrow("too long");
  });
});
