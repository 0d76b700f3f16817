import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findXz } from "#linux/system-xz.ts";
import { decodingError } from "../../../src-main/writer/image/decode.ts";
import { unxz } from "../../../src-main/writer/image/unxz.ts";

const MIB = 1024 ** 2;
const content = Buffer.concat([randomBytes(MIB), Buffer.alloc(5 * MIB), randomBytes(777)]);
const packed = execFileSync("xz", ["-1", "--stdout"], { input: content, maxBuffer: 64 * MIB });

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  // One buffer for all, as whoever reads a file has it.
  const buffer = Buffer.alloc(65_536);
  for (let at = 0; at < bytes.length; at += buffer.length)
    yield buffer.subarray(0, bytes.copy(buffer, 0, at, at + buffer.length));
}

async function unpacked(chunks: AsyncIterable<Buffer>, program: string): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const chunk of unxz(chunks, program)) found.push(Buffer.from(chunk));
  return Buffer.concat(found);
}

/** Of this process, by the name of their program. */
const children = (name: string) =>
  readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return stat.includes(`(${name})`) && stat.includes(` ${process.pid} `);
    } catch {
      return false;
    }
  });

describe.each([
  ["the system's xz", "xz"],
  ["lzma-native, where there is no xz", "no-such-program"],
])("an .xz unpacked by %s", (_what, program) => {
  it("is what was packed", async () => {
    expect((await unpacked(inPieces(packed), program)).equals(content)).toBe(true);
  });

  it("may be several streams", async () => {
    const both = Buffer.concat([packed, packed]);
    expect((await unpacked(inPieces(both), program)).equals(Buffer.concat([content, content]))).toBe(true);
  });

  it.each([
    ["cut off", packed.subarray(0, packed.length - 1)],
    ["cut in the middle", packed.subarray(0, packed.length >> 1)],
    ["followed by something else", Buffer.concat([packed, Buffer.from("something else")])],
    ["no .xz at all", randomBytes(5000)],
  ])("is refused where it is %s", async (_how, bytes) => {
    const error = await unpacked(inPieces(bytes), program).catch(decodingError);
    expect(error).toMatchObject({ code: "IMAGE_TRUNCATED" });
  });

  it("is not gone on with where its file cannot be read", async () => {
    async function* broken() {
      yield packed.subarray(0, 1000);
      throw new Error("the disk is gone");
    }
    await expect(unpacked(broken(), program)).rejects.toThrow("the disk is gone");
  });
});

it("leaves no xz behind that waits for more when nobody reads on", async () => {
  async function* stalling() {
    // So little that all it unpacks to fits into the pipe: xz has nothing to do but wait.
    yield packed.subarray(0, 65_536);
    await new Promise(() => undefined);
  }
  for await (const _chunk of unxz(stalling())) break;
  await expect.poll(() => children("xz")).toEqual([]);
});

describe("the system's xz", () => {
  const folder = mkdtempSync(join(tmpdir(), "floppy-xz-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** One that is as old as it says, and knows no more than that one did. */
  function xzOf(version: string): string {
    const program = join(folder, version);
    const script = `#!/bin/sh
case "$*" in
  *--version*) printf 'XZ_VERSION=${version}\\nLIBLZMA_VERSION=${version}\\n' ;;
  *memlimit-mt*) echo "xz: unrecognized option" >&2; exit 1 ;;
  *) exec xz "$@" ;;
esac
`;
    writeFileSync(program, script, { mode: 0o755 });
    return program;
  }

  it("unpacks blocks side by side from 5.4 on", async () => {
    expect(await findXz(xzOf("50040002"))).toMatchObject({ sharesBlocks: true });
    expect(await findXz(xzOf("50020052"))).toMatchObject({ sharesBlocks: false });
    expect(await findXz("no-such-program")).toBeNull();
  });

  it("that is older is asked for nothing that it does not know", async () => {
    expect((await unpacked(inPieces(packed), xzOf("50020052"))).equals(content)).toBe(true);
  });
});
