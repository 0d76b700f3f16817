import { FloppyError } from "#contract/errors.ts";

/**
 * What went wrong with the drive itself, in an envelope: this computer's files and programs fail by the same numbers,
 * and their faults are not the drive's.
 */
export class DriveTrouble extends Error {
  /** The system's name for it, as `EIO`. etcher-sdk changes it when it has tried often enough. */
  code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DriveTrouble";
    this.code = code;
  }
}

/** Something that is done to the drive, and to nothing else. */
export async function onDrive<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof FloppyError || error instanceof DriveTrouble) throw error;
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new DriveTrouble(String(error.code), error.message, { cause: error });
  }
}
