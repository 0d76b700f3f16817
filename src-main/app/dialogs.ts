import { type BrowserWindow, dialog } from "electron";
import { detailLines } from "#contract/details.ts";
import { toErrorData } from "#contract/errors.ts";
import type { ClosingChoice } from "./closing.ts";

const choices: { choice: ClosingChoice; label: string }[] = [
  { choice: "keep", label: "Keep it running" },
  { choice: "cancel", label: "Cancel the run and quit" },
  { choice: "back", label: "Go back" },
];

/** Not the synchronous dialog: that would hold up the run it asks about. */
export async function askBeforeClosing(window: BrowserWindow): Promise<ClosingChoice> {
  const { response } = await dialog.showMessageBox(window, {
    type: "question",
    message: "A run is under way.",
    detail:
      "It can go on without this window, which comes back when the run has ended. " +
      "A medium that is only half written does not start; write it again.",
    buttons: choices.map(({ label }) => label),
    defaultId: 0,
    cancelId: choices.length - 1,
  });
  return choices[response]?.choice ?? "back";
}

export function showFailure(thrown: unknown) {
  const error = toErrorData(thrown);
  dialog.showErrorBox(error.message, [error.hint, ...detailLines(error)].join("\n"));
}
