import type { CallInput } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import type { FoundManifest } from "#contract/manifest.ts";
import type { Settings } from "#contract/settings.ts";
import type { Ports } from "../ports/ports.ts";

/** The deliberate act: takes an older signed manifest, by the very serial that was shown; null where none is set. */
export async function goBack(
  downloads: Ports["downloads"],
  { manifest }: Settings,
  { serial, goBackConfirmed }: CallInput<"images.goBack">,
  signal: AbortSignal,
): Promise<FoundManifest | null> {
  if (serial !== goBackConfirmed) {
    throw new FloppyError(
      "INVALID_INPUT",
      "Going back to an older manifest was not confirmed.",
      "Nothing was changed. Confirm the very serial that is to be gone back to.",
    );
  }
  return manifest === null ? null : downloads.goBack(manifest, serial, signal);
}
