import type { IpcMain, IpcMainInvokeEvent, WebContents } from "electron";
import type { Floppy, Handlers, Notification } from "#contract/api.ts";
import { CALL_CHANNEL, NOTIFICATION_CHANNEL } from "#contract/channels.ts";
import { dispatch, type Reply } from "#contract/dispatch.ts";
import { isOwnPage } from "./addresses.ts";

const refused: Reply = {
  ok: false,
  error: {
    code: "UNAUTHORIZED",
    message: "Only Floppy’s own window may ask for this.",
    hint: "Nothing was done. Close what asked, and use the window.",
    details: {},
  },
};

export type Sender = Pick<IpcMainInvokeEvent, "senderFrame"> & { sender: { id: number } };

/** Whether a message comes from the top frame of our window, while that frame shows our page. */
export function isTrusted({ senderFrame, sender }: Sender, windowId: number): boolean {
  // The frame is null when it was destroyed, or went elsewhere, after it had asked.
  if (senderFrame === null || senderFrame.parent !== null) return false;
  return sender.id === windowId && isOwnPage(senderFrame.url);
}

/** A signal for each page that the window shows, aborted when the page is gone: reloaded, or closed. */
export function createPageSignal(contents: Pick<WebContents, "on">): () => AbortSignal {
  let page = new AbortController();
  const leave = () => {
    page.abort();
    page = new AbortController();
  };
  contents.on("did-start-navigation", ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) leave();
  });
  contents.on("destroyed", leave);
  return () => page.signal;
}

/** Answers the page's calls: who asks is checked first, then `dispatch` parses what is asked. */
export function answerCalls(ipc: IpcMain, handlers: Handlers, contents: WebContents) {
  const pageSignal = createPageSignal(contents);
  ipc.handle(CALL_CHANNEL, async (event, name: unknown, input: unknown) =>
    isTrusted(event, contents.id) ? dispatch(handlers, name, input, pageSignal()) : refused,
  );
}

/** Tells the page what the core notifies, as long as there is a page. */
export function tellPage(floppy: Floppy, contents: WebContents) {
  const unsubscribe = floppy.subscribe((notification: Notification) => {
    if (!contents.isDestroyed()) contents.send(NOTIFICATION_CHANNEL, notification);
  });
  contents.once("destroyed", unsubscribe);
}
