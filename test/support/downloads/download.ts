/** A process that downloads: its folder, then the image as JSON. Prints the path at its end. */
import { createDownloads } from "../../../src-main/adapters/downloads/downloads.ts";

const [folder = "", image = ""] = process.argv.slice(2);
const quiet = { progress: () => undefined, log: () => undefined };
const path = await createDownloads({ folder }).image(JSON.parse(image), quiet, new AbortController().signal);
process.stdout.write(path);
