import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runNix } from "#adapters/nix/run-nix.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "long-lines-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a line of 100 MB in nix's log is skipped and told of, and costs no memory", async () => {
  const error = JSON.stringify({ action: "msg", level: 0, msg: "error: the real one" });
  const script = `#!/bin/sh
head -c 100000000 /dev/zero | tr '\\0' x >&2
printf '\\n@nix %s\\n' '${error}' >&2
exit 1
`;
  await writeFile(join(folder, "nix"), script);
  await chmod(join(folder, "nix"), 0o755);
  let peak = 0;
  const before = process.memoryUsage().rss;
  const watched = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss - before);
  }, 10);
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const { stream } = await runNix({ env, graceMs: 1000 }, ["eval", "flake#output"]);
  clearInterval(watched);
  expect(stream.errors).toEqual(["error: the real one"]);
  expect(stream.log.last[0]).toMatchObject({ level: "warning", text: expect.stringContaining("too long") });
  expect(peak).toBeLessThan(100 * 1024 ** 2);
});
