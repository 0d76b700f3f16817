import { contextBridge, ipcRenderer } from "electron";
import { calls, type Notification } from "#contract/api.ts";
import { CALL_CHANNEL, NOTIFICATION_CHANNEL } from "#contract/channels.ts";
import type { Reply } from "#contract/dispatch.ts";

const unknownCall: Reply = {
  ok: false,
  error: { code: "UNKNOWN_CALL", message: "There is no such call.", hint: "Nothing was done.", details: {} },
};

/** All that the page can reach: calls of the contract by name, and notifications without their IPC event. */
contextBridge.exposeInMainWorld("floppy", {
  async call(name: string, input: unknown): Promise<Reply> {
    return Object.hasOwn(calls, name) ? ipcRenderer.invoke(CALL_CHANNEL, name, input) : unknownCall;
  },
  subscribe(listener: (notification: Notification) => void): () => void {
    const forward = (_event: unknown, notification: Notification) => listener(notification);
    ipcRenderer.on(NOTIFICATION_CHANNEL, forward);
    return () => {
      ipcRenderer.removeListener(NOTIFICATION_CHANNEL, forward);
    };
  },
});
