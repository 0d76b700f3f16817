import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import type { RemoteCommand, RemoteSession } from "#core/ports/targets.ts";
import { type Sshd, startSshd } from "../../../support/ssh/sshd.ts";

const never = new AbortController().signal;
let sshd: Sshd;
let session: RemoteSession;

beforeAll(async () => {
  sshd = await startSshd();
  session = await createRemote().connect(sshd.address, sshd.credentials, never);
});

afterAll(async () => {
  session.close();
  await sshd.stop();
});

const run = (argv: string[], more: Partial<RemoteCommand> = {}, signal = never) =>
  session.run({ argv, timeoutMs: 20_000, ...more }, signal);

/** Seconds that nobody else sleeps: a test that was broken off may have left somebody sleeping. */
const ages = (number: number) => `${number}${process.pid}`;
/** Whether a process with this argument lives. */
const lives = (mark: string) => execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).includes(mark);

it("returns what a command said, and how it ended", async () => {
  expect(await run(["sh", "-c", "echo out; echo err >&2; exit 7"])).toEqual({
    exitCode: 7,
    signal: null,
    stdout: "out\n",
    stderr: "err\n",
  });
});

it("says by which signal a command ended", async () => {
  expect(await run(["sh", "-c", "kill -KILL $$"])).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});

it("passes every argument as it is", async () => {
  const words = ["$(reboot)", "`id`", "it's", "a  b", "", "*", "-n", "\n", "\\", "~", "naïve 磁盘", "=x"];
  const { stdout } = await run(["printf", "%s\\0", ...words]);
  expect(stdout.split("\0").slice(0, -1)).toEqual(words);
});

it("passes the input, and closes it", async () => {
  expect((await run(["cat"], { input: "text" })).stdout).toBe("text");
  expect((await run(["cat"], { input: Buffer.from("bytes") })).stdout).toBe("bytes");
  expect((await run(["cat"])).stdout).toBe("");
});

it("streams more input than memory should hold, and none of it is changed", async () => {
  const piece = Buffer.alloc(1024 ** 2);
  const hash = createHash("sha256");
  async function* pieces() {
    for (let number = 0; number < 300; number += 1) {
      piece.fill(number);
      hash.update(piece);
      yield Buffer.from(piece);
    }
  }
  const before = process.memoryUsage().rss;
  const { stdout } = await run(["sha256sum"], { input: pieces(), timeoutMs: 60_000 });
  expect(stdout).toBe(`${hash.digest("hex")}  -\n`);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 ** 2);
});

it("ends when the command does, though the input has no end", async () => {
  let returned = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(1024 ** 2);
    } finally {
      returned = true;
    }
  }
  expect((await run(["head", "-c", "3"], { input: endless() })).exitCode).toBe(0);
  await expect.poll(() => returned).toBe(true);
});

it("a source that fails ends the command, and its error is told", async () => {
  async function* failing() {
    yield Buffer.from("some");
    throw new Error("the file is gone");
  }
  await expect(run(["sh", "-c", `cat; exec sleep ${ages(1)}`], { input: failing() })).rejects.toThrow(
    "the file is gone",
  );
  expect(lives(ages(1))).toBe(false);
});

it("tells the lines of both streams as they come, as a person may read them", async () => {
  const lines: string[] = [];
  const script =
    "printf '\\033[31mone\\033[0m\\r\\ntwo\\rthree \\342\\200\\256evil\\n\\n'; printf 'last' >&2";
  const { stdout } = await run(["sh", "-c", script], { onLine: (line) => lines.push(line) });
  expect(lines.toSorted()).toEqual(["last", "one", "three evil", "two"]);
  expect(stdout).toContain("\u001b[31m");
});

it("cuts a line that is too long, and goes on behind it", async () => {
  const lines: string[] = [];
  const script = "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo next";
  await run(["sh", "-c", script], { onLine: (line) => lines.push(line) });
  expect(lines.map((line) => line.length)).toEqual([4096, 4]);
});

it("runs several commands at once over the one connection", async () => {
  const all = await Promise.all(["1", "2", "3", "4", "5"].map((word) => run(["echo", word])));
  expect(all.map(({ stdout }) => stdout)).toEqual(["1\n", "2\n", "3\n", "4\n", "5\n"]);
});

it("runs many commands one after another", async () => {
  for (let count = 0; count < 40; count += 1) expect((await run(["true"])).exitCode).toBe(0);
});

it("a cancel ends the command and everything it started, within a second", async () => {
  const cancel = new AbortController();
  let begun = 0;
  const running = run(
    ["sh", "-c", `sleep ${ages(2)} & echo begun; sleep ${ages(3)}`],
    {
      onLine: () => {
        begun = performance.now();
        cancel.abort();
      },
    },
    cancel.signal,
  );
  await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(lives(ages(2)) || lives(ages(3))).toBe(false);
});

it("a command that is cancelled before it has begun does not go on either", async () => {
  const cancel = new AbortController();
  const running = run(["sleep", ages(6)], {}, cancel.signal);
  cancel.abort();
  await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
  // The next one begins after it.
  await run(["sleep", "1"]);
  await expect.poll(() => lives(ages(6)), { timeout: 5000 }).toBe(false);
});

it("a command that does not want to end is ended all the same", async () => {
  const cancel = new AbortController();
  const script = `trap '' TERM; echo begun; while :; do sleep 0.05; done; echo ${ages(4)}`;
  const running = run(["sh", "-c", script], { onLine: () => cancel.abort() }, cancel.signal);
  await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
  await expect.poll(() => lives(ages(4)), { timeout: 5000 }).toBe(false);
});

it("a command that takes too long is ended", async () => {
  await expect(run(["sleep", ages(5)], { timeoutMs: 300 })).rejects.toMatchObject({ code: "TARGET_TIMEOUT" });
  expect(lives(ages(5))).toBe(false);
});

it("a command that says more than it may is ended, and the session is still good", async () => {
  await expect(run(["yes"], { limitBytes: 1024 ** 2 })).rejects.toMatchObject({
    code: "TARGET_UNTRUSTWORTHY",
  });
  await expect(run(["true"])).resolves.toMatchObject({ exitCode: 0 });
});

it("does not start what is cancelled already, or cannot be put into words", async () => {
  await expect(run(["true"], {}, AbortSignal.abort())).rejects.toMatchObject({ code: "CANCELLED" });
  await expect(run(["a\0b"])).rejects.toMatchObject({ code: "INVALID_INPUT" });
});
