/** What a build would have to fetch, and from where; asked in seconds, whatever the network does. */
import { readFile } from "node:fs/promises";
import { execa } from "execa";
import type { Fetching } from "#core/images/build-preflight.ts";
import type { BuildRequest } from "#core/ports/images.ts";
import type { NixConfiguration } from "./configuration.ts";
import type { NixContext, NixOptions } from "./run-nix.ts";
import { settingsOptions } from "./settings-options.ts";

/** For a question: what does not answer is asked once, and not for long. */
export function impatient(seconds: number): string[] {
  const limit = String(seconds);
  return [
    ...["--option", "download-attempts", "1"],
    ...["--option", "connect-timeout", limit],
    ...["--option", "stalled-download-timeout", limit],
  ];
}

/** The same for git and ssh, which nix calls for some flakes; what is set already counts. */
export function impatientContext(context: NixContext, seconds: number): NixContext {
  const env = {
    GIT_TERMINAL_PROMPT: "0",
    GIT_HTTP_LOW_SPEED_LIMIT: "1",
    GIT_HTTP_LOW_SPEED_TIME: String(seconds),
    GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o ConnectTimeout=${seconds}`,
    ...context.env,
  };
  return { ...context, env };
}

const DRY_RUN_MS = 30_000;
const features = ["--extra-experimental-features", "nix-command"];

/** A derivation whose output is known by its hash and comes from an address. */
async function isSource(derivation: string): Promise<boolean> {
  const text = await readFile(derivation, "utf8").catch(() => "");
  return /^Derive\(\[\("[^"]+","[^"]+","[^"]+","[^"]+"\)/.test(text) && /\("urls?","[^"]/.test(text);
}

/** The indented lines below a heading of `nix-store --realise --dry-run`. */
function below(stderr: string, heading: RegExp): string[] {
  const lines = stderr.split("\n");
  const start = lines.findIndex((line) => heading.test(line)) + 1;
  if (start === 0) return [];
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith("  "));
  return lines.slice(start, end === -1 ? undefined : end).map((line) => line.trim());
}

async function answers(context: NixContext, cache: string, seconds: number, signal: AbortSignal | undefined) {
  const args = [...features, "store", "ping", "--store", cache, ...impatient(seconds)];
  const { failed } = await execa("nix", args, {
    env: context.env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 2000 * seconds,
    ...(signal && { cancelSignal: signal }),
  });
  return !failed;
}

/** Null where nix does not say it in time. */
export async function readFetching(
  context: NixContext,
  { settings }: BuildRequest,
  { substituters }: NixConfiguration,
  derivation: string,
  seconds: number,
  { signal }: NixOptions,
): Promise<Fetching | null> {
  const options = [...settingsOptions(settings), ...impatient(seconds)];
  const planned = await execa("nix-store", ["--realise", "--dry-run", derivation, ...options], {
    env: { ...context.env, LC_ALL: "C" },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: DRY_RUN_MS,
    ...(signal && { cancelSignal: signal }),
  });
  if (planned.failed) return null;
  const toBuild = below(planned.stderr, /derivations? will be built:$/);
  const fetched = below(planned.stderr, /paths? will be fetched/);
  const sources = (await Promise.all(toBuild.map(isSource))).filter(Boolean).length;
  const caches = [...new Set([...substituters, ...settings.substituters])];
  // Whatever serves one path answers.
  if (sources === 0 || fetched.length > 0) return { sources, paths: fetched.length, silent: [] };
  const heard = await Promise.all(caches.map((cache) => answers(context, cache, seconds, signal)));
  const silent = heard.includes(true) ? [] : caches;
  return { sources, paths: 0, silent };
}
