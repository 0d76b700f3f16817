/**
 * Packs Floppy into the folder given, as `npm run dist` does, but with a stand-in for Electron's
 * distribution, and stops before the deb itself is made: its tool is a download. Writes what that tool
 * would have been told to `deb.json`. A second argument is JSON that is merged into the configuration.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, Platform } from "electron-builder";
import { createStandInDist } from "./stand-in-dist.ts";

const [, , folder = "", more = "{}"] = process.argv;

await build({
  projectDir: join(import.meta.dirname, "../../.."),
  targets: Platform.LINUX.createTarget(["deb"]),
  publish: "never",
  config: {
    electronDist: await createStandInDist(join(folder, "electron")),
    directories: { output: join(folder, "dist") },
    ...JSON.parse(more),
  },
  async effectiveOptionComputed([toolArguments]) {
    await writeFile(join(folder, "deb.json"), JSON.stringify(toolArguments));
    return true;
  },
});
