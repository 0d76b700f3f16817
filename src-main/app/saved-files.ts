import { chmod } from "node:fs/promises";
import type { Session } from "electron";

/** What a person saves from the page, as a run's log, tells of their machines and networks: it is theirs alone. */
export function keepSavedToOwner(session: Pick<Session, "on">): void {
  session.on("will-download", (_event, item) => {
    // One that was cancelled has no file; that of another user keeps its mode.
    item.once("done", () => void chmod(item.getSavePath(), 0o600).catch(() => undefined));
  });
}
