import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/setup/longest-first.ts";

// Most tests start processes of Floppy, which spend most of their time on compiling it.
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url)) };
const slow = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: 2,
  globalSetup: "test/setup/build.ts",
};
// A machine that is emulated boots in half a minute, and in several when others work too; some tests start ten.
const machines = {
  testTimeout: 1_500_000,
  hookTimeout: 600_000,
  maxWorkers: 2,
  globalSetup: ["test/setup/build.ts", "test/lab/warm-up.ts"],
};

/** Cards exchanged at many moments: ten minutes by itself, so it has a command of its own. */
const exchange = ["test/lab/usb/exchange.test.ts"];

export default defineConfig({
  plugins: [react()],
  test: {
    env,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.{ts,tsx}"] } },
      { extends: true, test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...slow } },
      { extends: true, test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...slow } },
      {
        extends: true,
        test: { name: "lab", include: ["test/lab/**/*.test.ts"], exclude: exchange, ...machines },
      },
      { extends: true, test: { name: "exchange", include: exchange, ...machines } },
    ],
  },
});
