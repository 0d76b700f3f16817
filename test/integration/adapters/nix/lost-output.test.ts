import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runNix } from "#adapters/nix/run-nix.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lost-output-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A nix that writes down how it is called, and whose first answer is `message`, as nix itself would say it. */
async function nixThatFails(message: string) {
  const error = JSON.stringify({ action: "msg", level: 0, msg: `error: ${message}` });
  const script = [
    "#!/bin/sh",
    `echo "$@" >> ${folder}/calls`,
    'case "$*" in *--no-eval-cache*) echo found; exit 0 ;; esac',
    `cat >&2 <<'END'`,
    `@nix ${error}`,
    "END",
    "exit 1",
  ];
  await writeFile(join(folder, "nix"), `${script.join("\n")}\n`);
  await chmod(join(folder, "nix"), 0o755);
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const outcome = await runNix({ env, graceMs: 1000 }, ["eval", "flake#output"]);
  const calls = (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");
  return { outcome, calls };
}

test("an output that nix's evaluation cache lost is asked for again without the cache", async () => {
  const { outcome, calls } = await nixThatFails(
    "attribute 'packages.x86_64-linux.images' is unexpectedly missing",
  );
  expect(outcome).toMatchObject({ succeeded: true, stdout: "found" });
  expect(calls).toHaveLength(2);
});

test("any other failure is told as it is", async () => {
  const { outcome, calls } = await nixThatFails("undefined variable 'lib'");
  expect(outcome.succeeded).toBe(false);
  expect(calls).toHaveLength(1);
});
