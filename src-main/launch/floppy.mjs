// `npm run floppy -- …`: the command, brought first where it is missing.
import { join } from "node:path";
import { bringProgram, open, root } from "./program.mjs";

bringProgram();
open({ command: "node", args: [join(root, "out", "main", "cli.js"), ...process.argv.slice(2)] });
