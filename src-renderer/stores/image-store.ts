import { createStore } from "zustand/vanilla";
import type { Bridge, Folder } from "#contract/api.ts";
import type { Inspection, Preflight } from "#contract/images.ts";
import { createLoader, idle, type Loadable } from "./loadable.ts";

export type ImageView = {
  source: "build" | "file";
  preflight: Loadable<Preflight>;
  folder: Loadable<Folder>;
  inspection: Loadable<Inspection>;
};

export type ImageStore = ReturnType<typeof createImageStore>;

/** The image step: can this machine build it, or which file is it. */
export function createImageStore(bridge: Bridge) {
  const store = createStore<ImageView>(() => ({
    source: "build",
    preflight: idle,
    folder: idle,
    inspection: idle,
  }));
  const preflight = createLoader<Preflight>((loadable) => store.setState({ preflight: loadable }));
  const folder = createLoader<Folder>((loadable) => store.setState({ folder: loadable }));
  const inspection = createLoader<Inspection>((loadable) => store.setState({ inspection: loadable }));

  return {
    ...store,
    choose: (source: ImageView["source"]) => store.setState({ source }),
    check: (host: string, role: string) =>
      preflight.load(() => bridge.call("images.preflight", { host, role })),
    /** `null` is where a person's files begin. */
    browse: (path: string | null) => folder.load(() => bridge.call("files.list", { path })),
    inspect: (path: string) => inspection.load(() => bridge.call("images.inspect", { path })),
    forgetFile: inspection.forget,
  };
}
