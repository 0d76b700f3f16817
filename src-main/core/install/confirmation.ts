/** What an installed device says of itself to the key that its run left there: `floppy confirm`, as JSON. */
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { readable } from "../text/readable.ts";

export const confirmCommand = ["floppy", "confirm", "--verify"];
/** Takes the run's key off the device: nobody from here gets in again. */
export const confirmedCommand = ["floppy", "confirm", "--done"];

const line = z.string().transform((text) => readable(text, 300));

const confirmation = z.object({
  bootId: z.string().regex(/^[0-9a-f-]{36}$/),
  serial: line.nullable(),
  runId: line.nullable(),
  hostname: line,
  system: line,
  ok: z.boolean(),
  problems: z.array(line).max(100),
});
export type Confirmation = z.output<typeof confirmation>;

/** Null where it is no confirmation: another system answers. */
export function parseConfirmation(stdout: string): Confirmation | null {
  try {
    return confirmation.parse(JSON.parse(stdout));
  } catch {
    return null;
  }
}

type Expected = { serial: string; runId: string; hostname: string; system: string };

export function confirmationProblems(found: Confirmation, expected: Expected): string[] {
  return [
    found.serial === expected.serial ? [] : [`it calls itself ${found.serial}`],
    found.runId === expected.runId ? [] : ["its identity is of another run"],
    found.hostname === expected.hostname ? [] : [`its hostname is ${found.hostname}`],
    found.system === expected.system ? [] : [`it runs ${found.system}, not ${expected.system}`],
    found.problems,
    found.ok || found.problems.length > 0 ? [] : ["its own verification failed"],
  ].flat();
}

export function notConfirmed(problems: string[]): FloppyError {
  return new FloppyError(
    "DEVICE_CHECK_FAILED",
    `The device is up, but not what was meant: ${problems.join("; ")}.`,
    "It runs and can be looked at; nothing was undone. Mend it there and retry this phase, or install it again.",
    { problems },
  );
}
