import { createStore } from "zustand/vanilla";

/** Where a device is worked on. */
export type Work =
  | { place: "wizard" }
  | { place: "run"; runId: string }
  | { place: "batch"; batchId: string };

export type Place = Work | { place: "devices" } | { place: "device"; serial: string } | { place: "settings" };

export type NavigationStore = ReturnType<typeof createNavigationStore>;

/** Where one is, and the work one came from: that is what the rail tells in every place. */
export type Whereabouts = { place: Place; work: Work };

const isWork = (place: Place): place is Work => ["wizard", "run", "batch"].includes(place.place);

export function createNavigationStore() {
  const store = createStore<Whereabouts>(() => ({ place: { place: "wizard" }, work: { place: "wizard" } }));
  return {
    ...store,
    go: (place: Place) => store.setState(isWork(place) ? { place, work: place } : { place }),
  };
}
