/** The built programs, as users have them. */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

export function builtProgram(name: "cli" | "station" | "writer"): string {
  return join(root, "out/main", `${name}.js`);
}

/** Builds them anew where they are missing or older than a source. */
export function buildIfStale(): void {
  const program = builtProgram("writer");
  const newest = Math.max(
    ...globSync(["src-{main,renderer}/**/*.{ts,tsx,css}", "electron.vite.config.ts"], { cwd: root }).map(
      (path) => statSync(join(root, path)).mtimeMs,
    ),
  );
  if (existsSync(program) && statSync(program).mtimeMs > newest) return;
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
