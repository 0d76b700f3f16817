import { createStore } from "zustand/vanilla";
import type { Bridge, CallOutput } from "#contract/api.ts";
import { createLoader, idle, type Loadable } from "./loadable.ts";

export type ShownDevice = CallOutput<"devices.show">;
export type DeviceView = { shown: Loadable<ShownDevice>; openRun: string | null };

export type DeviceStore = ReturnType<typeof createDeviceStore>;

/** One device's page: its runs, and which of them is unfolded. */
export function createDeviceStore(bridge: Bridge) {
  const store = createStore<DeviceView>(() => ({ shown: idle, openRun: null }));
  const shown = createLoader<ShownDevice>((loadable) => store.setState({ shown: loadable }));
  return {
    ...store,
    show(serial: string) {
      store.setState({ openRun: null });
      return shown.load(() => bridge.call("devices.show", { serial }));
    },
    unfold: (runId: string | null) => store.setState({ openRun: runId }),
  };
}
