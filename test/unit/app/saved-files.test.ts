import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { keepSavedToOwner } from "../../../src-main/app/saved-files.ts";

test("a log that is saved from the window can be read by its owner alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "floppy-saved-"));
  const path = join(folder, "run.log");
  const session = new EventEmitter();
  keepSavedToOwner(session as unknown as Parameters<typeof keepSavedToOwner>[0]);
  const item = Object.assign(new EventEmitter(), { getSavePath: () => path });
  session.emit("will-download", {}, item);
  writeFileSync(path, "log", { mode: 0o644 });
  item.emit("done", {}, "completed");
  await vi.waitFor(() => expect(statSync(path).mode & 0o777).toBe(0o600));
  rmSync(folder, { recursive: true });
});
