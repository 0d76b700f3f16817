/** Who works on what right now, in this Floppy or another one on the same inventory; its end frees both. */
import { mediumIsDone, type Run } from "./runs.ts";

const isUnderWay = ({ status }: Run) => status.state === "running";

/** The run that has this drive; none once its medium is written. */
export function runOnDrive(runs: readonly Run[], driveKey: string): Run | null {
  return runs.find((run) => isUnderWay(run) && run.drive.key === driveKey && !mediumIsDone(run)) ?? null;
}

/** The run that provisions this device. */
export function runOfDevice(runs: readonly Run[], serial: string): Run | null {
  return runs.find((run) => isUnderWay(run) && run.serial === serial) ?? null;
}

export function takenWords({ serial }: Pick<Run, "serial">): string {
  return `Taken: it is being written for ${serial}.`;
}
