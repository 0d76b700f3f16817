import { execa } from "execa";
import { FloppyError } from "#contract/errors.ts";
import { IDENTITY_PATH, type MediumIdentity, mediumIdentity } from "#contract/identity.ts";
import { parseJson } from "#core/text/json.ts";

/**
 * Reads a medium's identity as any other program would, by mtools; null where mtools is not installed.
 * `offset` is that of the FAT partition, in bytes.
 */
export async function readIdentity(path: string, offset: number): Promise<MediumIdentity | null> {
  const { failed, code, stdout, stderr } = await execa(
    "mtype",
    ["-i", `${path}@@${offset}`, `::/${IDENTITY_PATH}`],
    { reject: false, env: { MTOOLS_SKIP_CHECK: "1" } },
  );
  if (code === "ENOENT") return null;
  if (!failed) return mediumIdentity.parse(parseJson(stdout));
  throw new FloppyError(
    "DRIVE_IO",
    `The identity could not be read back: ${stderr}`,
    "The practice drive was removed; nothing else was touched.",
  );
}
