import type { CallInput } from "#contract/api.ts";
import type { Run } from "#contract/runs.ts";
import type { Current } from "../current.ts";
import { isStillKnown } from "../images/inspect.ts";
import type { Ports } from "../ports/ports.ts";
import { refuseUnfitDrive } from "../runs/admission.ts";
import type { Runs } from "../runs/runs.ts";
import type { MediumKind } from "./kind.ts";
import { createStarting } from "./starting.ts";

export type MediumCalls = ReturnType<typeof createMediumCalls>;

/** What is asked for runs that make a medium. */
export function createMediumCalls(world: { ports: Ports; current: Current; runs: Runs; medium: MediumKind }) {
  const { ports, runs } = world;

  /** An image whose file changed or vanished since, or was found to lie, is made again. */
  async function withValidImage(run: Run): Promise<Run> {
    const isValid = run.image !== null && (await isStillKnown(ports, run.image));
    return runs.rewind(run, isValid ? "write" : "image");
  }

  /** Makes the medium anew, on the drive that was confirmed. */
  async function resume({ runId, driveKey, eraseConfirmed }: CallInput<"runs.resume">): Promise<Run> {
    const run = await runs.resumable(runId);
    const drive = await runs.admission.confirmedDrive({ driveKey, eraseConfirmed });
    // The drive is claimed from the first moment on.
    return runs.launch({ ...runs.rewind(run, "write"), drive }, async () => {
      const ready = await withValidImage({ ...(await runs.resumable(runId)), drive });
      refuseUnfitDrive(drive, ready.image?.sizeBytes ?? null, ready.imageChoice.kind === "practice");
      return ready;
    });
  }

  return { ...createStarting(world), resume };
}
