/**
 * Packs Floppy into the folder given, as `npm run dist` does, but with a stand-in for Electron's
 * distribution, and stops before the packages themselves are made: their tools are downloads. Writes what the
 * deb's tool would have been told to `deb.json`, and the AppImage's menu entry to `appimage.desktop`. A second argument is JSON that is merged into the configuration.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, Platform } from "electron-builder";
import { createStandInDist } from "./stand-in-dist.ts";

const [, , folder = "", more = "{}"] = process.argv;

await build({
  projectDir: join(import.meta.dirname, "../../.."),
  targets: Platform.LINUX.createTarget(["AppImage", "deb"]),
  publish: "never",
  config: {
    electronDist: await createStandInDist(join(folder, "electron")),
    directories: { output: join(folder, "dist") },
    ...JSON.parse(more),
  },
  async effectiveOptionComputed(told) {
    if ("desktop" in told) await writeFile(join(folder, "appimage.desktop"), told.desktop);
    else await writeFile(join(folder, "deb.json"), JSON.stringify(told[0]));
    return true;
  },
});
