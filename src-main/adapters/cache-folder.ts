import { join } from "node:path";
import { homeFolder } from "./home-folder.ts";

/** Where Floppy keeps what it can make again. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homeFolder(env), ".cache"), "floppy");
}
