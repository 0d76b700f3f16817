import { type AppBridge, createAppStore } from "./app-store.ts";
import { createDeviceStore } from "./device-store.ts";
import { createImageStore } from "./image-store.ts";
import { createNavigationStore } from "./navigation-store.ts";
import { createRunsStore } from "./runs-store.ts";
import { createSettingsStore } from "./settings-store.ts";
import { createTargetStore } from "./target-store.ts";
import { createWizardStore } from "./wizard-store.ts";

export type Stores = ReturnType<typeof createStores>;

/** Every store of the window, around one bridge. */
export function createStores(bridge: AppBridge) {
  const app = createAppStore(bridge);
  const navigation = createNavigationStore();
  return {
    app,
    navigation,
    station: bridge.station,
    wizard: createWizardStore(bridge, app, navigation),
    settings: createSettingsStore(),
    image: createImageStore(bridge),
    runs: createRunsStore(bridge),
    device: createDeviceStore(bridge),
    target: createTargetStore(bridge, app, navigation),
  };
}
