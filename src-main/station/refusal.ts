import { FloppyError } from "#contract/errors.ts";

/** For a browser that is not let in. It names only what the person at the station can do. */
export function notLetIn(why: string): FloppyError {
  return new FloppyError(
    "UNAUTHORIZED",
    why,
    `Runs under way go on. Each address that the station prints lets in one browser; kill -USR2 ${process.pid}, where the station runs, signs out every browser and prints a new one.`,
  );
}
