import { createStore } from "zustand/vanilla";
import type { Bridge, Folder } from "#contract/api.ts";
import type { Host } from "#contract/catalog.ts";
import type { Inspection, Preflight } from "#contract/images.ts";
import type { FoundManifest } from "#contract/manifest.ts";
import { createLoader, idle, type Loadable } from "./loadable.ts";

export type ImageSource = "build" | "download" | "file" | "practice";

export type ImageView = {
  /** Null until a person chose one. */
  source: ImageSource | null;
  preflight: Loadable<Preflight>;
  /** Null where none is set in Settings. */
  manifest: Loadable<FoundManifest | null>;
  folder: Loadable<Folder>;
  inspection: Loadable<Inspection>;
  /** The image that is made here to practise with. */
  practice: Loadable<Inspection>;
};

export function manifestImageOf(manifest: FoundManifest | null, name: string) {
  return manifest?.images.find(({ target }) => target === name) ?? null;
}

export type ImageStore = ReturnType<typeof createImageStore>;

/** The image step: can this machine build it, does a manifest name it, which file is it, or is it practice. */
export function createImageStore(bridge: Bridge) {
  const store = createStore<ImageView>(() => ({
    source: null,
    preflight: idle,
    manifest: idle,
    folder: idle,
    inspection: idle,
    practice: idle,
  }));
  const preflight = createLoader<Preflight>((loadable) => store.setState({ preflight: loadable }));
  const manifest = createLoader<FoundManifest | null>((loadable) => store.setState({ manifest: loadable }));
  const folder = createLoader<Folder>((loadable) => store.setState({ folder: loadable }));
  const inspection = createLoader<Inspection>((loadable) => store.setState({ inspection: loadable }));
  const practice = createLoader<Inspection>((loadable) => store.setState({ practice: loadable }));

  return {
    ...store,
    choose: (source: ImageSource) => store.setState({ source }),
    check: (host: string, role: string) =>
      preflight.load(() => bridge.call("images.preflight", { host, role })),
    /** Takes the older manifest with that serial, though a later one was seen. */
    goBackTo: (serial: number) =>
      manifest.load(() => bridge.call("images.goBack", { serial, goBackConfirmed: serial })),
    readManifest: () => manifest.load(() => bridge.call("images.manifest", {})),
    /** `null` is where a person's files begin. */
    browse: (path: string | null) => folder.load(() => bridge.call("files.list", { path })),
    inspect: (path: string) => inspection.load(() => bridge.call("images.inspect", { path })),
    makePractice: (medium: Host["medium"]) => practice.load(() => bridge.call("images.practice", { medium })),
    forgetFile: inspection.forget,
  };
}
