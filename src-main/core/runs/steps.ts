/** What a run does. A step covers one or more phases and leaves each of them done, or throws. */
import type { Host } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Image } from "#contract/images.ts";
import type { PhaseName } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { MediumFile } from "#contract/writer.ts";
import { mediumFiles, mediumIdentity } from "../identity/medium-identity.ts";
import { buildRequest, obtainImage } from "../images/obtain.ts";
import type { HostKey, Ports } from "../ports.ts";
import { formatBytes, formatSeconds } from "../text/format.ts";
import { findDrive, refuseUnfitDrive } from "./admission.ts";
import type { Recorder } from "./recorder.ts";

export type StepContext = {
  ports: Ports;
  recorder: Recorder;
  settings: Settings;
  host: Host;
  hostname: string;
  signal: AbortSignal;
};

export type Step = { covers: readonly PhaseName[]; perform(context: StepContext): Promise<void> };

const imageStep: Step = {
  covers: ["image"],
  async perform({ ports, recorder, settings, host, signal }) {
    await recorder.begin("image");
    const { imageChoice, target } = recorder.current();
    const image = await obtainImage(
      ports,
      imageChoice,
      buildRequest(ports, settings, host, target),
      {
        progress: (progress) => recorder.progress("image", { kind: "build", ...progress }),
        log: recorder.log,
      },
      signal,
    );
    await recorder.change((run) => ({ ...run, image }));
    const origin = image.provenance.source === "nix" ? "built" : "from a file";
    await recorder.finish("image", `${origin} · ${image.sha256.slice(0, 4)}…${image.sha256.slice(-4)}`);
  },
};

function requireFirmware(image: Image): void {
  if (image.firmware) return;
  throw new FloppyError(
    "IMAGE_NOT_PERSONALISABLE",
    "This image has no FAT partition that could carry the device’s identity.",
    "Nothing was written. Choose an SD image with a FIRMWARE partition, or write it without an identity: floppy provision flash.",
  );
}

/** What makes the medium this device's. A stick installs on any device, so it carries nothing. */
function personalFiles({ recorder, settings, hostname }: StepContext, hostKey: HostKey): MediumFile[] {
  const run = recorder.current();
  if (run.medium === "stick") return [];
  if (settings.authorizedKeys.length === 0) {
    recorder.log(
      "warning",
      "No SSH key is set in Settings: nobody will be able to log in to this device over SSH.",
    );
  }
  return mediumFiles(mediumIdentity(run, hostname, settings), hostKey);
}

const flashStep: Step = {
  covers: ["write", "verify"],
  async perform(context) {
    const { ports, recorder, hostname, signal } = context;
    await recorder.begin("write");
    const run = recorder.current();
    const { image } = run;
    if (!image) throw new Error(`run ${run.id} reached the write phase without an image`);
    const drive = await findDrive(ports.drives, run.drive.key);
    refuseUnfitDrive(drive, image.sizeBytes);
    if (run.medium === "card") requireFirmware(image);
    const hostKey = ports.hostKeys.generate(hostname);
    const files = personalFiles(context, hostKey);
    const result = await ports.writer.flash(
      { image, drive: drive.identity, files },
      drive.writable,
      {
        progress(at, progress) {
          if (at === "verify") recorder.turn("write", formatBytes(image.sizeBytes), "verify");
          recorder.progress(at, { kind: "transfer", ...progress });
        },
        log: recorder.log,
      },
      signal,
    );
    recorder.turn("write", formatBytes(image.sizeBytes), "verify");
    if (files.length > 0) await ports.inventory.updateDevice(run.serial, { hostKey: hostKey.publicKey });
    recorder.log(
      "info",
      `${result.sizeBytes} bytes are on the drive and were read back; ${result.savedBytes} of them were there already. Checksum ${result.checksum} (XXH3 of each MiB’s XXH3).`,
    );
    await recorder.finish("verify", `equal · ${formatSeconds(result.writeSeconds + result.verifySeconds)}`);
  },
};

export const steps: readonly Step[] = [imageStep, flashStep];
