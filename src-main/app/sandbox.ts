import { FloppyError } from "#contract/errors.ts";

/** As far as Electron's `app` is asked. */
type Started = { commandLine: { hasSwitch(name: string): boolean } };

/**
 * Throws where Chromium was started without its sandbox: an AppImage's own start script does so without a word where
 * it thinks that there is none. Root is let be, for whom Chromium has no sandbox.
 */
export function refuseUnsandboxed({ commandLine }: Started, userId: number | undefined): void {
  if (!commandLine.hasSwitch("no-sandbox") || userId === 0) return;
  throw new FloppyError(
    "COMPUTER_FAILED",
    "Floppy’s window was started without a sandbox around its page.",
    "Nothing was opened. Leave --no-sandbox away; where this computer refuses user namespaces, install the .deb, which brings its own sandbox, or use the station in a browser.",
  );
}
