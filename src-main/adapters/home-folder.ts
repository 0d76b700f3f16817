import { homedir } from "node:os";
import { FloppyError } from "#contract/errors.ts";

/** $HOME, else what the user database says; a user of a container may have neither. */
export function homeFolder({ HOME }: NodeJS.ProcessEnv): string {
  if (HOME) return HOME;
  try {
    return homedir();
  } catch (thrown) {
    throw new FloppyError(
      "FILE_UNREADABLE",
      "This user has no home folder, and HOME is not set.",
      "Nothing was written. Set HOME, or FLOPPY_DATA to a folder for Floppy’s data.",
      { reason: String(thrown) },
    );
  }
}
