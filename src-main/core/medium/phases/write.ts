import { FloppyError } from "#contract/errors.ts";
import type { Image } from "#contract/images.ts";
import type { MediumFile } from "#contract/writer.ts";
import { tellDevice } from "../../devices/device-of-run.ts";
import { mediumFiles, mediumIdentity, stickIdentity } from "../../identity/medium-identity.ts";
import type { HostKey } from "../../ports/targets.ts";
import { findDrive, refuseUnfitDrive } from "../../runs/admission.ts";
import { broken, type Phase } from "../../runs/kind.ts";
import { formatBytes, formatSeconds } from "../../text/format.ts";
import type { MediumWork } from "../work.ts";

function requireFirmware(image: Image): void {
  if (image.firmware) return;
  throw new FloppyError(
    "IMAGE_NOT_PERSONALISABLE",
    "This image has no FAT partition that could carry the device’s identity.",
    "Nothing was written. Choose an SD image with a FIRMWARE partition, or write it without an identity: floppy provision flash.",
  );
}

function warnOfNoKeys({ recorder, settings }: MediumWork): void {
  // Nobody logs in to what no device starts from.
  if (settings.authorizedKeys.length > 0 || recorder.current().image?.practice) return;
  recorder.log(
    "warning",
    "No SSH key is set in Settings: nobody will be able to log in to this device over SSH.",
  );
}

/** What makes a card this device's. */
function cardFiles(work: MediumWork, hostKey: HostKey): MediumFile[] {
  warnOfNoKeys(work);
  return mediumFiles(mediumIdentity(work.recorder.current(), work.hostname, work.settings), hostKey);
}

/** What makes a stick this run's: its system lets in nobody but the run, which keeps the other halves here. */
async function stickFiles(work: MediumWork, hostKey: HostKey): Promise<MediumFile[]> {
  const { ports, recorder, hostname, settings } = work;
  const run = recorder.current();
  const runKey = ports.hostKeys.generate(`floppy-${run.id}`);
  await ports.vault.save(run.id, { runKey, hostKey });
  return mediumFiles(stickIdentity(run, hostname, settings, runKey.publicKey), hostKey);
}

async function writeAndVerify(work: MediumWork): Promise<void> {
  const { ports, recorder, hostname, means, signal } = work;
  await recorder.begin("write");
  const run = recorder.current();
  const { image } = run;
  if (!image) throw new Error(`run ${run.id} reached the write phase without an image`);
  const drive = await findDrive(ports.drives, run.drive.key);
  refuseUnfitDrive(drive, image.sizeBytes, image.practice === true);
  if (run.medium === "card") requireFirmware(image);
  const hostKey = ports.hostKeys.generate(hostname);
  const files = run.medium === "card" ? cardFiles(work, hostKey) : await stickFiles(work, hostKey);
  const result = await means.flash(image, {
    drive: drive.identity,
    files,
    placement: run.medium === "card" ? "firmware" : "appended",
    writable: drive.writable,
    observe: {
      progress(at, progress) {
        if (at === "verify") recorder.turn("write", formatBytes(image.sizeBytes), "verify");
        recorder.progress(at, { kind: "transfer", ...progress });
      },
      log: recorder.log,
    },
    signal,
  });
  recorder.turn("write", formatBytes(image.sizeBytes), "verify");
  await tellDevice(ports.inventory, run, { hostKey: hostKey.publicKey });
  recorder.log(
    "info",
    `${result.sizeBytes} bytes are on the drive and were read back; ${result.savedBytes} of them were there already. Checksum ${result.checksum} (XXH3 of each MiB’s XXH3).`,
  );
  await recorder.finish("verify", `equal · ${formatSeconds(result.writeSeconds + result.verifySeconds)}`);
}

/** Writes the image and what makes it this device's; the writer reads it back in the same pass, so `verify` is done with it. */
export const write: Phase<MediumWork> = {
  name: "write",
  needs: ["image"],
  meanwhile: { state: "writing" },
  leaves: broken,
  async perform(work) {
    await writeAndVerify(work).finally(work.means.leave);
  },
};
