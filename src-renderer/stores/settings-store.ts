import { createStore } from "zustand/vanilla";
import type { SettingsForm } from "./settings-form.ts";

/** What was typed into Settings and not saved yet; it outlives a look at another place. */
export type SettingsView = { unsaved: SettingsForm | null };

export function createSettingsStore() {
  const store = createStore<SettingsView>(() => ({ unsaved: null }));
  return { ...store, keep: (unsaved: SettingsForm | null) => store.setState({ unsaved }) };
}
