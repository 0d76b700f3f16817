import type { BrowserWindow } from "electron";

export type ClosingChoice = "keep" | "cancel" | "back";

/** How often a hidden window looks whether the run it waits for is over. */
const LOOK_EVERY_MS = 500;

export type ClosableWindow = Pick<
  BrowserWindow,
  "on" | "hide" | "show" | "focus" | "restore" | "destroy" | "isMinimized"
>;

export function bringToFront(window: ClosableWindow) {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Closing the window does not end a run unasked: the window can hide, and then returns with the result. */
export function keepRunning(
  window: ClosableWindow,
  isBusy: () => boolean,
  ask: () => Promise<ClosingChoice>,
) {
  let asking = false;

  function hideWhileBusy() {
    if (!isBusy()) return;
    window.hide();
    const look = setInterval(() => {
      if (isBusy()) return;
      clearInterval(look);
      bringToFront(window);
    }, LOOK_EVERY_MS);
    window.on("closed", () => clearInterval(look));
  }

  async function askAndAct() {
    asking = true;
    const choice = await ask().finally(() => {
      asking = false;
    });
    if (choice === "cancel") window.destroy();
    if (choice === "keep") hideWhileBusy();
  }

  window.on("close", (event) => {
    if (!isBusy()) return;
    event.preventDefault();
    if (!asking) void askAndAct();
  });
}
