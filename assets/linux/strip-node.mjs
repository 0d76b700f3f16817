// Called by electron-builder when the package's folder is there: Node's symbols are for those who debug Node.
import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";

/** @param {{ appOutDir: string }} context */
export default function stripNode({ appOutDir }) {
  const node = join(appOutDir, "resources", "node");
  const stripped = `${node}.stripped`;
  // Into a new file: the packager may have linked this one to the project's own.
  execFileSync("strip", ["--strip-unneeded", "-o", stripped, node], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  renameSync(stripped, node);
}
