import type { AppState } from "#contract/api.ts";
import type { Identified } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import type { ImageChoice, Inspection } from "#contract/images.ts";
import { byPort } from "#contract/ports.ts";
import type { BatchRequest, Run, RunRequest } from "#contract/runs.ts";
import { batchSerials } from "#contract/serials.ts";

/** What a screen tells of an image. */
export type KnownImage = Pick<Inspection, "sha256" | "sizeBytes" | "firmware" | "practice">;

/** What will be written; `inspection` is null while nobody has read that image yet, or told of it. */
export type ImagePick = { choice: ImageChoice; inspection: KnownImage | null };

/** Whether it may go to practice drives alone: it was chosen as that, or its bytes say so. */
export function isForPractice({ choice, inspection }: ImagePick): boolean {
  return choice.kind === "practice" || inspection?.practice === true;
}

/** A run of its own, or the rest of one that ended early. */
export type Purpose = { kind: "new" } | { kind: "resume"; run: Run };

/** A card of a batch, and the device that it becomes. */
export type Pair = { serial: string; drive: Drive };

type WithDevice = { device: Identified };
type WithRole = WithDevice & { role: string };
type WithPick = WithRole & { image: ImagePick };
type WithImage = WithPick & { purpose: Purpose };

/** The wizard's question, and every answer given so far. */
export type Draft =
  | { step: "device"; suggestion: string }
  | ({ step: "role" } & WithDevice)
  | ({ step: "image" } & WithRole)
  | ({ step: "drive"; driveKey: string | null } & WithImage)
  | ({ step: "confirm"; drive: Drive } & WithImage)
  /** Several cards at once: the device is the first of those whose serials are given out. */
  | ({ step: "drives"; driveKeys: string[] } & WithPick)
  | ({ step: "confirmBatch"; pairs: Pair[] } & WithPick);

export type Step = Draft["step"];
export type DraftAt<Name extends Step> = Extract<Draft, { step: Name }>;

/** Answers of the device before, proposed for the next one. */
export type Kept = { host: string; role: string; image: ImagePick; several: boolean } | null;

export const emptyDraft: Draft = { step: "device", suggestion: "" };

/** The first question that is still open once the device is known. */
export function afterDevice(device: Identified, kept: Kept): Draft {
  const sameAsBefore =
    kept !== null && kept.host === device.host && (device.known?.role ?? kept.role) === kept.role;
  if (!sameAsBefore) return { step: "role", device };
  const { role, image } = kept;
  return kept.several ? severalDrives({ device, role, image }) : oneDrive({ device, role, image });
}

export function oneDrive({ device, role, image }: WithPick): DraftAt<"drive"> {
  return { step: "drive", device, role, image, purpose: { kind: "new" }, driveKey: null };
}

export function severalDrives({ device, role, image }: WithPick): DraftAt<"drives"> {
  return { step: "drives", device, role, image, driveKeys: [] };
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
    case "drives":
      return { step: "image", device: draft.device, role: draft.role };
    case "confirmBatch":
      return { ...severalDrives(draft), driveKeys: draft.pairs.map(({ drive }) => drive.key) };
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
  if (draft.step === "confirmBatch") return takeBatchDrives(draft, drives);
  if (draft.step === "drives") {
    const driveKeys = draft.driveKeys.filter((key) => drives.some((drive) => drive.key === key));
    const count = draft.driveKeys.length - driveKeys.length;
    if (count === 0) return { draft, lost: null };
    return { draft: { ...draft, driveKeys }, lost: "A chosen card" };
  }
  return { draft, lost: null };
}

/** A card that goes leads back to the choice: the others would get other serials. */
function takeBatchDrives(draft: DraftAt<"confirmBatch">, drives: Drive[]) {
  const now = ({ drive }: Pair) => drives.find((candidate) => candidate.key === drive.key);
  const gone = draft.pairs.filter((pair) => !now(pair));
  if (gone.length === 0) {
    const pairs = draft.pairs.map((pair) => ({ ...pair, drive: now(pair) ?? pair.drive }));
    return { draft: { ...draft, pairs }, lost: null };
  }
  const driveKeys = draft.pairs.filter((pair) => now(pair)).map(({ drive }) => drive.key);
  const lost = gone.map(({ drive }) => drive.name).join(", ");
  return { draft: { ...severalDrives(draft), driveKeys }, lost };
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

/** The chosen cards in the order of their ports, each with the serial that it gets. */
export function pairsOf(
  draft: DraftAt<"drives">,
  { drives, devices }: Pick<AppState, "drives" | "devices">,
): Pair[] {
  const chosen = drives.filter(({ key }) => draft.driveKeys.includes(key)).toSorted(byPort);
  const serials = batchSerials(draft.device.serial, chosen.length, { devices, role: draft.role });
  return chosen.flatMap((drive, index) => {
    const serial = serials[index];
    return serial === undefined ? [] : [{ serial, drive }];
  });
}

/** The request of a confirmed batch, each drive named twice. */
export function batchRequestOf({ role, image, pairs }: DraftAt<"confirmBatch">): BatchRequest {
  const members = pairs.map(({ serial, drive: { key } }) => ({
    serial,
    driveKey: key,
    eraseConfirmed: key,
  }));
  return { role, image: image.choice, members };
}

/** The request of a confirmed draft. Naming the drive twice is the contract's deliberate act. */
export function runRequestOf(draft: DraftAt<"confirm">): RunRequest {
  const { device, role, image, drive } = draft;
  return { serial: device.serial, role, image: image.choice, driveKey: drive.key, eraseConfirmed: drive.key };
}
