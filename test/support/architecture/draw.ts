// `npm run draw`: draws the pictures in ARCHITECTURE.md anew.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { draw, hang, look, project } from "./cruise.ts";

const path = join(project, "ARCHITECTURE.md");
writeFileSync(path, hang(readFileSync(path, "utf8"), await draw(await look(project, ["src-main"]))));
