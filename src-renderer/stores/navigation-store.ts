import { createStore } from "zustand/vanilla";

export type Place =
  | { place: "wizard" }
  | { place: "run"; runId: string }
  | { place: "devices" }
  | { place: "device"; serial: string }
  | { place: "settings" };

export type NavigationStore = ReturnType<typeof createNavigationStore>;

export function createNavigationStore() {
  const store = createStore<Place>(() => ({ place: "wizard" }));
  return { ...store, go: (place: Place) => store.setState(place, true) };
}
