import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

const source = (path: string) => resolve(import.meta.dirname, path);

/** Four programs of one core: the window, the station, the command, and the privileged writer. */
const programs = {
  app: source("src-main/app/main.ts"),
  station: source("src-main/station/main.ts"),
  cli: source("src-main/cli/main.ts"),
  writer: source("src-main/writer/main.ts"),
};

export default defineConfig({
  main: {
    build: {
      outDir: "out/main",
      rollupOptions: { input: programs, output: { format: "es", entryFileNames: "[name].js" } },
    },
  },
  preload: {
    build: {
      outDir: "out/preload",
      externalizeDeps: false,
      rollupOptions: {
        input: { index: source("src-main/preload/index.ts") },
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: source("src-renderer"),
    plugins: [react()],
    build: {
      outDir: source("out/renderer"),
      rollupOptions: { input: source("src-renderer/index.html") },
      minify: true,
      cssMinify: true,
    },
  },
});
