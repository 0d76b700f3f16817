import { mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Counts the commands that change something, and before the chosen one ends all that runs, as a power cut does. */
const shim = `#!/bin/bash
printf . >>"$POWER_COUNT"
if [ "$(stat -c %s "$POWER_COUNT")" = "$POWER_CUT_AT" ]; then kill -KILL 0; fi
PATH=$POWER_PATH exec "\${0##*/}" "$@"
`;

/** A power supply that fails before the n-th of these commands; programs get at it by the environment. */
export async function createPowerSupply(folder: string, commands: string[]) {
  const shims = join(folder, "shims");
  const count = join(folder, "count");
  await mkdir(shims);
  await writeFile(join(shims, ".shim"), shim, { mode: 0o755 });
  for (const command of commands) await symlink(".shim", join(shims, command));
  const path = process.env.PATH ?? "";
  return {
    async cutBefore(n: number): Promise<NodeJS.ProcessEnv> {
      await rm(count, { force: true });
      return { PATH: `${shims}:${path}`, POWER_PATH: path, POWER_COUNT: count, POWER_CUT_AT: String(n) };
    },
    /** How many of the commands were reached since the last call of cutBefore. */
    commandsRun: async () => ((await readdir(folder)).includes("count") ? (await stat(count)).size : 0),
  };
}
