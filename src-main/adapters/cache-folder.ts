import { homedir } from "node:os";
import { join } from "node:path";

/** Where Floppy keeps what it can make again. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME ?? homedir(), ".cache"), "floppy");
}
