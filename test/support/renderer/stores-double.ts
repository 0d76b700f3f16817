import type { AppState } from "#contract/api.ts";
import { createPreloadBridge } from "../../../src-renderer/bridge/preload-bridge.ts";
import type { Connection } from "../../../src-renderer/stores/app-store.ts";
import { createStores } from "../../../src-renderer/stores/stores.ts";
import { createBridgeDouble } from "./bridge-double.ts";

/** The window's stores over the double, with a connection that the test opens and breaks. */
export async function openStores(change: Partial<AppState> = {}) {
  const double = createBridgeDouble(change);
  const watchers: ((connection: Connection) => void)[] = [];
  const bridge = {
    ...createPreloadBridge(double),
    watchConnection(watcher: (connection: Connection) => void) {
      watchers.push(watcher);
      return () => {};
    },
  };
  const stores = createStores(bridge);
  await stores.app.load();
  return {
    double,
    stores,
    connection(connection: Connection) {
      for (const watcher of watchers) watcher(connection);
    },
  };
}
