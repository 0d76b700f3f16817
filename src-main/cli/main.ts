#!/usr/bin/env node
import { sayLastWordsHarmlessly } from "#adapters/last-words.ts";
import { FloppyError } from "#contract/errors.ts";
import manifest from "../../package.json" with { type: "json" };
import { runCli } from "./cli.ts";
import { processTerminal } from "./terminal.ts";

/** The first that has SQLite and zstd built in. */
const OLDEST_NODE = 24;
const LEFT_AT_ONCE = 130;

/** The first Ctrl-C, hang-up or termination asks for a clean end, the second one does not wait for it. */
function abortOnSignals(): AbortSignal {
  const abort = new AbortController();
  const end = () => {
    if (abort.signal.aborted) process.exit(LEFT_AT_ONCE);
    process.stderr.write("\nCancelling. Once more to leave at once.\n");
    abort.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  return abort.signal;
}

async function open(dataFolder?: string) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new FloppyError(
      "INTERNAL",
      `Floppy needs Node ${OLDEST_NODE}; this is ${process.versions.node}.`,
      "Nothing was started. `npm run floppy -- …` uses the one that comes with Floppy.",
    );
  }
  const { openFloppy } = await import("#adapters/open-floppy.ts");
  return openFloppy({ ...(dataFolder !== undefined && { dataFolder }), elevation: "sudo" });
}

async function places(name: string) {
  return (await import("#adapters/drives/named-places.ts")).namedPlaces(name);
}

sayLastWordsHarmlessly();
const world = {
  open,
  places,
  terminal: processTerminal(),
  signal: abortOnSignals(),
  version: manifest.version,
};
process.exitCode = await runCli(world, process.argv.slice(2));
