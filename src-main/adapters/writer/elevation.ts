import { constants, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { agreementOf, type DriveJob } from "#core/drives/agreement.ts";
import { mayAccess } from "#linux/may-access.ts";
import { installCommand, installedWriter, programParts } from "./installed.ts";
import type { WriterExit } from "./process.ts";
import { foreignPart } from "./root-owned.ts";

export type Elevation = "pkexec" | "sudo";

/** NixOS keeps its setuid programs here; the ones on its PATH are powerless copies. */
const WRAPPERS = "/run/wrappers/bin";

const nothingWritten = "Nothing was written.";

/**
 * The command that does `job` with the right to open drives. Throws WRITER_DENIED where there is none, or where somebody
 * but root could change what would run as root.
 */
export async function elevated(elevation: Elevation, command: string[], job: DriveJob): Promise<string[]> {
  const program = await findProgram(elevation, process.env.PATH ?? "");
  if (program) {
    const asked = [...(await rootsOwn(command)), ...agreementOf(job)];
    return elevation === "sudo" ? [program, "--", ...asked] : [program, ...asked];
  }
  throw new FloppyError(
    "WRITER_DENIED",
    `The drive needs administrator rights, and ${elevation} is not installed.`,
    `${nothingWritten} Install ${elevation === "pkexec" ? "polkit" : "sudo"}, or start Floppy as a user who may write to the drive.`,
  );
}

/** The writer, where root alone may change it: as it lies here, or the copy of this build that was installed for root. */
async function rootsOwn(command: string[]): Promise<string[]> {
  const resolved = await Promise.all(command.map((path) => realpath(path)));
  const foreign = await foreignIn(resolved);
  if (foreign === null) return resolved;
  const installed = await installedWriter(command);
  const foreignInstalled = installed && (await foreignIn(installed));
  if (installed && foreignInstalled === null) return installed;
  const path = foreignInstalled ?? foreign;
  throw new FloppyError(
    "WRITER_DENIED",
    `The drive needs administrator rights, and root runs nothing that others may change, as ${path}.`,
    `${nothingWritten} Install this version’s writer for root once, in a terminal, then start again: ${installCommand(command, process.env)}`,
    { path },
  );
}

/** In whatever the writer may load: Node, its own files, and the packages beside them. */
async function foreignIn([node = "", script = ""]: string[]): Promise<string | null> {
  return foreignPart([node, ...(await programParts(script))]);
}

export async function findProgram(name: string, path: string): Promise<string | null> {
  for (const folder of [WRAPPERS, ...path.split(delimiter).filter(Boolean)]) {
    const program = join(folder, name);
    if (await mayAccess(program, constants.X_OK)) return program;
  }
  return null;
}

/** WRITER_DENIED where the right was not given; null where the writer did start. */
export function denial(elevation: Elevation, { last, code, stderrTail }: WriterExit): FloppyError | null {
  if (last !== null) return null;
  const reason = elevation === "pkexec" ? pkexecReason(code, stderrTail) : sudoReason(code, stderrTail);
  if (reason === null) return null;
  const { message, hint } = reason;
  return new FloppyError("WRITER_DENIED", message, `${nothingWritten} ${hint}`, { code, stderr: stderrTail });
}

type Reason = { message: string; hint: string };

/** pkexec: 126 when the dialog was dismissed, 127 when nobody could be asked or the answer was no. */
function pkexecReason(code: number | undefined, stderr: string): Reason | null {
  if (code === 126) {
    return { message: "The password dialog was dismissed.", hint: "Start again, and let the writer in." };
  }
  if (code !== 127) return null;
  if (/agent|textual|tty/i.test(stderr)) {
    return {
      message: "No password dialog could be shown: this session has no polkit agent.",
      hint: "Start one (a desktop brings its own), or use the floppy command, which asks through sudo.",
    };
  }
  return {
    message: "This user may not write to drives.",
    hint: "Ask the one who keeps this computer, or use an account with administrator rights.",
  };
}

function sudoReason(code: number | undefined, stderr: string): Reason | null {
  if (code !== 1 || !/^sudo: |password|sudoers/im.test(stderr)) return null;
  return {
    message: "sudo did not let the writer in.",
    hint: "Run the command in a terminal, where sudo can ask, with an account that may use it.",
  };
}
