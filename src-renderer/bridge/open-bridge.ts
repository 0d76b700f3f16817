import type { RendererBridge } from "./bridge.ts";
import { createPreloadBridge, type PreloadApi } from "./preload-bridge.ts";
import { createSocketBridge, stationSocket } from "./socket-bridge.ts";
import { createStationEntry } from "./station-entry.ts";

declare global {
  interface Window {
    floppy?: PreloadApi;
  }
}

/** The preload's API in the desktop window, the station's WebSocket in a browser. */
export function openBridge(window: Window): RendererBridge {
  if (window.floppy) return createPreloadBridge(window.floppy);
  const entry = createStationEntry(window);
  return createSocketBridge({
    connect: async () => stationSocket(window.location, await entry.enter()),
    later: (act, milliseconds) => window.setTimeout(act, milliseconds),
    station: entry,
  });
}
