import type { Identified } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import type { ImageChoice, Inspection } from "#contract/images.ts";
import type { Run, RunRequest } from "#contract/runs.ts";

/** What will be written; `inspection` is null while nobody has read that image yet. */
export type ImagePick = { choice: ImageChoice; inspection: Inspection | null };

/** A run of its own, or the rest of one that ended early. */
export type Purpose = { kind: "new" } | { kind: "resume"; run: Run };

type WithDevice = { device: Identified };
type WithRole = WithDevice & { role: string };
type WithImage = WithRole & { image: ImagePick; purpose: Purpose };

/** The wizard's question, and every answer given so far. */
export type Draft =
  | { step: "device"; suggestion: string }
  | ({ step: "role" } & WithDevice)
  | ({ step: "image" } & WithRole)
  | ({ step: "drive"; driveKey: string | null } & WithImage)
  | ({ step: "confirm"; drive: Drive } & WithImage);

export type Step = Draft["step"];
export type DraftAt<Name extends Step> = Extract<Draft, { step: Name }>;

/** Answers of the device before, proposed for the next one. */
export type Kept = { host: string; role: string; image: ImagePick } | null;

export const emptyDraft: Draft = { step: "device", suggestion: "" };

/** The first question that is still open once the device is known. */
export function afterDevice(device: Identified, kept: Kept): Draft {
  const sameAsBefore =
    kept !== null && kept.host === device.host && (device.known?.role ?? kept.role) === kept.role;
  if (!sameAsBefore) return { step: "role", device };
  return {
    step: "drive",
    device,
    role: kept.role,
    image: kept.image,
    purpose: { kind: "new" },
    driveKey: null,
  };
}

/** One question back; null where the wizard begins. */
export function stepBack(draft: Draft): Draft | null {
  switch (draft.step) {
    case "device":
      return null;
    case "role":
      return { step: "device", suggestion: draft.device.serial };
    case "image":
      return { step: "role", device: draft.device };
    case "drive":
      return draft.purpose.kind === "resume"
        ? null
        : { step: "image", device: draft.device, role: draft.role };
    case "confirm": {
      const { drive, ...rest } = draft;
      return { ...rest, step: "drive", driveKey: drive.key };
    }
  }
}

/** Back to an earlier question by its name; the draft as it is where that is not behind it. */
export function stepBackTo(draft: Draft, step: Step): Draft {
  for (let at: Draft | null = draft; at; at = stepBack(at)) if (at.step === step) return at;
  return draft;
}

/** The draft after drives came or went, and what to tell about it. */
export function takeDrives(draft: Draft, drives: Drive[]): { draft: Draft; lost: string | null } {
  if (draft.step === "confirm") {
    const drive = drives.find((candidate) => candidate.key === draft.drive.key);
    if (drive) return { draft: { ...draft, drive }, lost: null };
    const { drive: gone, ...rest } = draft;
    return { draft: { ...rest, step: "drive", driveKey: null }, lost: gone.name };
  }
  if (draft.step === "drive" && draft.driveKey !== null) {
    const there = drives.some((candidate) => candidate.key === draft.driveKey);
    return there ? { draft, lost: null } : { draft: { ...draft, driveKey: null }, lost: "The chosen drive" };
  }
  return { draft, lost: null };
}

/** A run that ended early as a draft: only the drive is asked again. */
export function resumeDraft(run: Run, device: Identified): Draft {
  return {
    step: "drive",
    device,
    role: run.role,
    image: { choice: run.imageChoice, inspection: run.image },
    purpose: { kind: "resume", run },
    driveKey: null,
  };
}

/** The request of a confirmed draft. Naming the drive twice is the contract's deliberate act. */
export function runRequestOf(draft: DraftAt<"confirm">): RunRequest {
  const { device, role, image, drive } = draft;
  return { serial: device.serial, role, image: image.choice, driveKey: drive.key, eraseConfirmed: drive.key };
}
