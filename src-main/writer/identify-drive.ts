import { FloppyError } from "#contract/errors.ts";
import {
  type CarriedIdentity,
  HOST_KEY_PUBLIC_PATH,
  IDENTITY_PATH,
  mediumIdentity,
} from "#contract/identity.ts";
import type { IdentityJob } from "#contract/writer.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { lookAt, type SeenDrive } from "./drive/look.ts";
import { FatError } from "./fat/errors.ts";
import { getFile } from "./fat/get-file.ts";
import { readAsNeeded } from "./fat/read-as-needed.ts";
import { HEAD_BYTES } from "./image/firmware.ts";
import { fatPartitions, type Partition } from "./image/partitions.ts";

/** An identity is a few keys long; what is larger is none. */
const LARGEST_FILE_BYTES = 256 * 1024;
const READ_AHEAD_BYTES = 64 * 1024;

/** Whose medium a drive is, as it lies on the drive; null where it carries no identity. */
export async function identifyDrive({ drive: expected }: IdentityJob): Promise<CarriedIdentity | null> {
  const checked = recheckDrive(expected, 0, await readBlockDevices([expected.path]), "read");
  const drive = await lookAt(checked, expected);
  try {
    const head = await drive.read(0, Math.min(HEAD_BYTES, expected.sizeBytes));
    for (const partition of fatPartitions(head)) {
      const files = await readFiles(drive, partition);
      if (files) return describe(expected.path, files);
    }
    return null;
  } catch (error) {
    throw error instanceof FatError ? unreadable(expected.path, error.message) : error;
  } finally {
    await drive.close();
  }
}

type Files = { identity: string; hostKey: string | null };

async function readFiles(drive: SeenDrive, partition: Partition): Promise<Files | null> {
  const read = ({ offset, bytes }: { offset: number; bytes: number }) => {
    const wanted = Math.min(Math.max(bytes, READ_AHEAD_BYTES), partition.sizeBytes - offset);
    if (wanted < bytes) throw new FatError("its FAT partition is damaged");
    return drive.read(partition.offset + offset, wanted);
  };
  return readAsNeeded(read, (known) => {
    const identity = getFile(known, IDENTITY_PATH, LARGEST_FILE_BYTES);
    const hostKey = getFile(known, HOST_KEY_PUBLIC_PATH, LARGEST_FILE_BYTES);
    return (
      identity && { identity: identity.toString("utf8"), hostKey: hostKey?.toString("utf8").trim() ?? null }
    );
  });
}

/** The Wi-Fi passphrase and the rest of it stay where they are. */
function describe(path: string, { identity, hostKey }: Files): CarriedIdentity {
  const parsed = mediumIdentity.safeParse(jsonOf(identity));
  if (!parsed.success) throw unreadable(path, "it is no identity of Floppy’s");
  const { serial, host, role, runId, hostname } = parsed.data;
  return { serial, host, role, runId, hostname, hostKey };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreadable(path: string, reason: string): FloppyError {
  return new FloppyError(
    "DRIVE_VERIFY_FAILED",
    `The identity on ${path} cannot be read: ${reason}.`,
    "The drive was not changed. Write it again to give it an identity.",
    { path },
  );
}
