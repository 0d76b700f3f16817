import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { toErrorData } from "#contract/errors.ts";

function failedCall(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: open`), { code, syscall: "open", path });
}

const caught = async (act: Promise<unknown>) => toErrorData(await act.catch((thrown: unknown) => thrown));

describe("a call of the system that failed is no unexpected thing:", () => {
  it.each([
    ["ENOSPC", "DISK_FULL", "/data/x cannot be used: its disk is full."],
    ["EDQUOT", "DISK_FULL", "/data/x cannot be used: your share of its disk is full."],
    ["EROFS", "FILE_UNWRITABLE", "/data/x cannot be used: it lies on a disk that is read-only."],
    ["EACCES", "FILE_UNREADABLE", "/data/x cannot be used: you may not read or write it."],
    ["ESTALE", "FILE_UNREADABLE", "/data/x cannot be used: what holds it does not answer."],
    ["EMFILE", "COMPUTER_FAILED", "This computer has too many files open."],
    ["EOWNERDEAD", "COMPUTER_FAILED", "/data/x cannot be used: EOWNERDEAD: open."],
  ])("%s", (number, code, message) => {
    expect(toErrorData(failedCall(number, "/data/x"))).toMatchObject({ code, message });
  });

  it("of a real file", async () => {
    expect(await caught(readFile("/nowhere"))).toMatchObject({
      code: "FILE_UNREADABLE",
      message: "/nowhere cannot be used: it is not there.",
    });
  });

  it("of a program that is not there", async () => {
    const missing = { code: "TOOL_MISSING", message: expect.stringContaining("no-such-program") };
    expect(await caught(promisify(execFile)("no-such-program"))).toMatchObject(missing);
    expect(await caught(once(spawn("no-such-program"), "exit"))).toMatchObject(missing);
  });

  it("of a program that ended badly, with its last word", async () => {
    expect(await caught(promisify(execFile)("sh", ["-c", "echo first; echo why >&2; exit 3"]))).toMatchObject(
      {
        code: "COMPUTER_FAILED",
        message: "A program that Floppy needs failed, sh: why",
      },
    );
  });
});

it("leaves everything else unexpected, with its message", () => {
  expect(toErrorData(new TypeError("x is not a function"))).toMatchObject({
    code: "INTERNAL",
    message: "Something unexpected failed: x is not a function",
  });
});
