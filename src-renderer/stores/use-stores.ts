import { createContext, useContext } from "react";
import { useStore } from "zustand/react";
import type { AppState } from "#contract/api.ts";
import type { DeviceView } from "./device-store.ts";
import type { ImageView } from "./image-store.ts";
import type { Place, Work } from "./navigation-store.ts";
import type { RunsView } from "./runs-store.ts";
import type { SettingsView } from "./settings-store.ts";
import type { Stores } from "./stores.ts";
import type { TargetView } from "./target-store.ts";
import type { WizardView } from "./wizard-store.ts";

export const StoresContext = createContext<Stores | null>(null);

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (!stores) throw new Error("No stores above this component.");
  return stores;
}

/** A part of main's state; only below the component that waits for the snapshot. */
export function useApp<Part>(select: (app: AppState) => Part): Part {
  return useStore(useStores().app, (view) => {
    if (view.state !== "ready") throw new Error("The app's state is not here yet.");
    return select(view.app);
  });
}

export const useWizard = <Part>(select: (view: WizardView) => Part): Part =>
  useStore(useStores().wizard, select);
export const useImage = <Part>(select: (view: ImageView) => Part): Part =>
  useStore(useStores().image, select);
export const useSettings = <Part>(select: (view: SettingsView) => Part): Part =>
  useStore(useStores().settings, select);
export const useRuns = <Part>(select: (view: RunsView) => Part): Part => useStore(useStores().runs, select);
export const useDevice = <Part>(select: (view: DeviceView) => Part): Part =>
  useStore(useStores().device, select);
export const useTarget = <Part>(select: (view: TargetView) => Part): Part =>
  useStore(useStores().target, select);
export const usePlace = (): Place => useStore(useStores().navigation, ({ place }) => place);
export const useWork = (): Work => useStore(useStores().navigation, ({ work }) => work);
