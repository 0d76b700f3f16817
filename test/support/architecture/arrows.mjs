/**
 * Which folder may import which: the one table behind the lint and behind "The arrows" in ARCHITECTURE.md. A folder is
 * always free in itself. Its row names rows above it, so that no arrow runs back; a new folder, or a new file beside the
 * folders of a house, needs a row.
 *
 * @typedef {Record<string, string[]>} Rows
 */

/**
 * Of all that is ours. Tests may import whatever they test; nothing imports them.
 *
 * @type {Rows}
 */
const folders = {
  "src-main/contract": [],
  "src-main/core": ["src-main/contract"],
  "src-main/linux": ["src-main/contract", "src-main/core"],
  "src-main/adapters": ["src-main/contract", "src-main/core", "src-main/linux"],
  "src-main/writer": ["src-main/contract", "src-main/core", "src-main/linux"],
  "src-main/app": ["src-main/contract", "src-main/core", "src-main/adapters"],
  "src-main/station": ["src-main/contract", "src-main/core", "src-main/adapters"],
  "src-main/cli": ["src-main/contract", "src-main/core", "src-main/adapters"],
  "src-main/preload": ["src-main/contract"],
  "src-main/launch": [],
  "src-renderer/ui": [],
  "src-renderer/bridge": ["src-main/contract"],
  "src-renderer/stores": ["src-main/contract", "src-renderer/bridge"],
  "src-renderer/features": ["src-main/contract", "src-renderer/stores", "src-renderer/ui"],
  "src-renderer/main": [
    "src-renderer/bridge",
    "src-renderer/stores",
    "src-renderer/features",
    "src-renderer/ui",
  ],
};

/**
 * Inside the core. The machine knows no kind of run; kinds know the machine.
 *
 * @type {Rows}
 */
const rooms = {
  catalog: [],
  text: [],
  ports: [],
  meter: [],
  looks: [],
  current: ["ports"],
  devices: ["ports"],
  identity: ["ports"],
  drives: ["text"],
  images: ["ports", "text"],
  runs: ["ports"],
  "drive-tasks": ["ports", "runs"],
  medium: ["catalog", "text", "ports", "current", "devices", "identity", "images", "runs"],
  install: ["text", "ports", "meter", "current", "identity", "images", "runs", "medium"],
  handlers: [
    ...["catalog", "ports", "looks", "current", "devices", "images", "runs"],
    ...["drive-tasks", "medium", "install"],
  ],
  floppy: [
    ...["catalog", "ports", "current", "devices", "images", "runs"],
    ...["drive-tasks", "medium", "install", "handlers"],
  ],
};

/**
 * Inside the features: parts, then screens, then what shows the screens.
 *
 * @type {Rows}
 */
const screens = {
  words: [],
  "use-key": [],
  "use-now": [],
  "use-theme": [],
  "use-scanner": ["use-key"],
  HostKey: [],
  ErrorNotice: [],
  settings: ["ErrorNotice"],
  target: ["words", "use-key", "HostKey", "ErrorNotice"],
  run: ["words", "use-key", "use-now", "HostKey", "ErrorNotice", "target"],
  devices: ["words", "use-key", "HostKey", "ErrorNotice", "run"],
  "drive-tools": ["words", "use-key", "ErrorNotice", "run"],
  batch: ["words", "use-key", "ErrorNotice", "run"],
  wizard: ["words", "use-key", "ErrorNotice", "target", "drive-tools", "batch"],
  shell: ["words", "use-theme", "use-scanner", "settings", "target", "run", "devices", "batch", "wizard"],
  App: ["ErrorNotice", "shell"],
};

/** A house is a folder whose rooms have rows of their own. */
export const houses = [
  { home: "", rows: folders },
  { home: "src-main/core/", rows: rooms },
  { home: "src-renderer/features/", rows: screens },
];

/**
 * What comes from elsewhere, and which of our folders may import it: Node's own modules, then packages.
 *
 * @type {Rows}
 */
export const builtIns = {
  "node:": ["linux", "adapters", "writer", "app", "station", "cli", "launch"].map(
    (name) => `src-main/${name}`,
  ),
};

/** @type {Rows} */
export const packages = {
  zod: [
    ...["contract", "core", "linux", "adapters", "writer", "station", "cli"].map(
      (name) => `src-main/${name}`,
    ),
    "src-renderer/bridge",
  ],
  immutable: ["src-main/core/images"],
  "p-limit": ["src-main/core/looks", "src-main/adapters"],
  "@noble/hashes": ["src-main/adapters/downloads"],
  "dns-packet": ["src-main/adapters/discovery"],
  drivelist: ["src-main/adapters/drives"],
  execa: ["src-main/adapters"],
  kysely: ["src-main/adapters/inventory"],
  ssh2: ["src-main/adapters"],
  "@foxglove/wasm-bz2": ["src-main/writer/image"],
  "etcher-sdk": ["src-main/writer"],
  "lzma-native": ["src-main/writer/image"],
  "xxhash-addon": ["src-main/writer"],
  yauzl: ["src-main/writer/image"],
  electron: ["src-main/app", "src-main/preload"],
  ws: ["src-main/station"],
  commander: ["src-main/cli"],
  react: ["src-renderer/ui", "src-renderer/stores", "src-renderer/features"],
  "react-dom": ["src-renderer/main"],
  zustand: ["src-renderer/stores", "src-renderer/features/App"],
};

/**
 * Arrows that still run back: a file, and the files that it should not import. None may be added, and what is gone has to
 * be taken out.
 *
 * @type {Rows}
 */
export const exceptions = {
  "src-renderer/features/batch/batch-rail.ts": ["src-renderer/features/shell/rail-steps.ts"],
  "src-renderer/features/batch/ConfirmBatchStep.tsx": ["src-renderer/features/wizard/DriveCard.tsx"],
  "src-renderer/features/batch/DrivesStep.tsx": [
    "src-renderer/features/wizard/DriveCard.tsx",
    "src-renderer/features/wizard/Practice.tsx",
    "src-renderer/features/wizard/StepForm.tsx",
    "src-renderer/features/wizard/use-practice.ts",
  ],
  "src-renderer/features/drive-tools/ToolChoice.tsx": ["src-renderer/features/wizard/StepForm.tsx"],
  "src-renderer/features/target/disk-segments.ts": ["src-renderer/features/wizard/confirm-segments.ts"],
  "src-renderer/features/target/DiskScreen.tsx": [
    "src-renderer/features/run/run-act.tsx",
    "src-renderer/features/run/use-cancel.tsx",
  ],
  "src-renderer/features/wizard/ConfirmStep.tsx": ["src-renderer/features/shell/rail-steps.ts"],
  "src-renderer/features/wizard/DriveStep.tsx": ["src-renderer/features/shell/rail-steps.ts"],
  "src-renderer/features/wizard/ImageStep.tsx": ["src-renderer/features/shell/rail-steps.ts"],
};
