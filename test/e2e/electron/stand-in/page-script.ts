import { readFileSync } from "node:fs";

/** The binding through which a frame reaches main; a frame that was taken over would use it just so. */
export const INVOKE = "standInInvoke";
export const WINDOW_OPEN = "standInWindowOpen";

/**
 * What runs in a page before its own scripts: the real preload bundle in the top frame, with the few
 * modules that a sandboxed preload may ask for.
 */
export function pageScript(preload: string): string {
  return `{
  const listeners = new Map();
  const ipcRenderer = {
    invoke: (channel, ...args) => window.${INVOKE}(channel, args),
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    removeListener: (channel, listener) =>
      listeners.set(channel, (listeners.get(channel) ?? []).filter((one) => one !== listener)),
  };
  const contextBridge = {
    exposeInMainWorld: (name, api) =>
      Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true }),
  };
  const require = (name) => {
    if (name === "electron") return { contextBridge, ipcRenderer };
    throw new Error("A sandboxed preload cannot load " + name);
  };
  window.open = (url = "") => {
    void window.${WINDOW_OPEN}(new URL(url, location.href).href);
    return null;
  };
  if (window === window.top) {
    window.standInDeliver = (channel, args) => {
      for (const listener of listeners.get(channel) ?? []) listener({ sender: ipcRenderer }, ...args);
    };
    const module = { exports: {} };
    ((module, exports, require) => {
${readFileSync(preload, "utf8")}
    })(module, module.exports, require);
  }
}`;
}
