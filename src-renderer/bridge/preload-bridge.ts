import { openNotification, openReply, type RendererBridge } from "./bridge.ts";

/** What the preload script exposes as `window.floppy`. */
export type PreloadApi = {
  call(name: string, input: unknown): Promise<unknown>;
  subscribe(listener: (notification: unknown) => void): () => void;
};

/** The bridge of the desktop window. Its other end lives as long as the window, so it is always open. */
export function createPreloadBridge(preload: PreloadApi): RendererBridge {
  return {
    async call(name, input) {
      return openReply(name, await preload.call(name, input));
    },
    subscribe(listener) {
      return preload.subscribe((raw) => {
        const notification = openNotification(raw);
        if (notification) listener(notification);
      });
    },
    watchConnection: () => () => {},
    station: null,
  };
}
