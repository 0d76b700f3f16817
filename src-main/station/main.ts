import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { dataFolder } from "#adapters/data-folder.ts";
import { sayLastWordsHarmlessly } from "#adapters/last-words.ts";
import { openFloppy } from "#adapters/open-floppy.ts";
import { locateResources } from "#adapters/resources.ts";
import { detailLines } from "#contract/details.ts";
import { FloppyError, toErrorData } from "#contract/errors.ts";
import { forgetAddress, openBrowser } from "./open-browser.ts";
import { startStation } from "./station.ts";

const HELP = `Floppy station: Floppy in this machine's browser.

  --port PORT    listen on this port of 127.0.0.1 (default: any free one)
  --open         open the system's browser
  --data FOLDER  keep inventory and settings there
  --help         show this text

The printed address lets one browser in, once. Signal USR2 signs every browser out and prints a new one.
`;

/** What a person waits for at most. A run that is cut off here is found, and offered, at the next start. */
const END_MS = 1_700;

const options = {
  port: { type: "string", default: "0" },
  open: { type: "boolean", default: false },
  data: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

function readArguments() {
  try {
    const { values } = parseArgs({ options });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`${values.port} is not a port.`);
    return { ...values, port };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new FloppyError("INVALID_INPUT", why, "Nothing was started. --help shows the options.");
  }
}

function announce(url: string) {
  console.log(`Floppy station: ${url}`);
}

async function main() {
  const { port, open, data, help } = readArguments();
  if (help) return void process.stdout.write(HELP);

  const folder = dataFolder(data ? { FLOPPY_DATA: resolve(data) } : process.env);
  const floppy = await openFloppy({ dataFolder: folder, elevation: "pkexec" });
  const { renderer } = locateResources(import.meta.dirname);
  const station = await startStation({ floppy, rendererFolder: renderer, port, announce }).catch(
    async (thrown) => {
      await floppy.close();
      throw thrown;
    },
  );

  process.on("SIGUSR2", station.signOutEverywhere);
  // A second signal ends the process at once, as signals do by default.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      // Together: nix and the writer hear the same Ctrl-C, and their end must be known as a cancel.
      const over = Promise.all([station.close(), floppy.close(), forgetAddress(folder)]);
      await Promise.race([over, setTimeout(END_MS)]);
      process.exit(0);
    });
  }
  announce(station.url);
  if (open) await openBrowser(station.url, folder);
}

sayLastWordsHarmlessly();
main().catch((error) => {
  const data = toErrorData(error);
  console.error([data.message, data.hint, ...detailLines(data)].join("\n"));
  process.exitCode = 1;
});
