/** What a run does for its medium. A step covers one or more phases and leaves each of them done, or throws. */
import type { Host } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Image } from "#contract/images.ts";
import type { PhaseName } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { MediumFile } from "#contract/writer.ts";
import { tellDevice } from "../devices/device-of-run.ts";
import { mediumFiles, mediumIdentity, stickIdentity } from "../identity/medium-identity.ts";
import { buildRequest } from "../images/obtain.ts";
import type { HostKey, Ports } from "../ports.ts";
import { formatBytes, formatSeconds } from "../text/format.ts";
import { findDrive, refuseUnfitDrive } from "./admission.ts";
import type { Means } from "./means.ts";
import type { Questions } from "./questions.ts";
import type { Recorder } from "./recorder.ts";

export type StepContext = {
  ports: Ports;
  recorder: Recorder;
  settings: Settings;
  host: Host;
  hostname: string;
  questions: Questions;
  means: Means;
  /** The phases that are worked on; null for all. */
  wanted: readonly PhaseName[] | null;
  signal: AbortSignal;
};

export type Step = { covers: readonly PhaseName[]; perform(context: StepContext): Promise<void> };

const origins = {
  nix: "built",
  file: "from a file",
  manifest: "downloaded",
  practice: "for practice",
} as const;

const imageStep: Step = {
  covers: ["image"],
  async perform({ ports, recorder, settings, host, means, wanted, signal }) {
    await recorder.begin("image");
    const { imageChoice, target } = recorder.current();
    const { image, arrival } = await means.obtainImage({
      choice: imageChoice,
      request: buildRequest(ports, settings, host, target),
      toWrite: wanted?.includes("write") ?? true,
      observe: {
        progress(progress) {
          recorder.progress("image", progress);
          if (progress.kind === "transfer") recorder.progress("write", { ...progress, kind: "arrival" });
        },
        log: recorder.log,
      },
      signal,
    });
    await recorder.change((run) => ({ ...run, image }));
    await recorder.finish(
      "image",
      `${arrival ? "downloaded while written" : origins[image.provenance.source]} · ${image.sha256.slice(0, 4)}…${image.sha256.slice(-4)}`,
    );
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

function warnOfNoKeys({ recorder, settings }: StepContext): void {
  // Nobody logs in to what no device starts from.
  if (settings.authorizedKeys.length > 0 || recorder.current().image?.practice) return;
  recorder.log(
    "warning",
    "No SSH key is set in Settings: nobody will be able to log in to this device over SSH.",
  );
}

/** What makes a card this device's. */
function cardFiles(context: StepContext, hostKey: HostKey): MediumFile[] {
  warnOfNoKeys(context);
  return mediumFiles(mediumIdentity(context.recorder.current(), context.hostname, context.settings), hostKey);
}

/** What makes a stick this run's: its system lets in nobody but the run, which keeps the other halves here. */
async function stickFiles(context: StepContext, hostKey: HostKey): Promise<MediumFile[]> {
  const { ports, recorder, hostname, settings } = context;
  const run = recorder.current();
  const runKey = ports.hostKeys.generate(`floppy-${run.id}`);
  await ports.vault.save(run.id, { runKey, hostKey });
  return mediumFiles(stickIdentity(run, hostname, settings, runKey.publicKey), hostKey);
}

const flashStep: Step = {
  covers: ["write", "verify"],
  async perform(context) {
    const { ports, recorder, hostname, means, signal } = context;
    await recorder.begin("write");
    const run = recorder.current();
    const { image } = run;
    if (!image) throw new Error(`run ${run.id} reached the write phase without an image`);
    const drive = await findDrive(ports.drives, run.drive.key);
    refuseUnfitDrive(drive, image.sizeBytes, image.practice === true);
    if (run.medium === "card") requireFirmware(image);
    const hostKey = ports.hostKeys.generate(hostname);
    const files = run.medium === "card" ? cardFiles(context, hostKey) : await stickFiles(context, hostKey);
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
  },
};

export const mediumSteps: readonly Step[] = [imageStep, flashStep];
