/** The same suite in Electron itself. Where its program is not to be had, the tests show as skipped. */
import { _electron } from "playwright";
import { expect, test } from "vitest";
import { electronProgram } from "../../../src-main/launch/electron.mjs";
import { type Launched, projectRoot, withDataFolder } from "./launched.ts";
import { describeWindow } from "./suite.ts";

const program = electronProgram(projectRoot);

/** Chromium refuses its sandbox to root, and build machines have no display. */
function switches(): string[] {
  const isRoot = process.getuid?.() === 0;
  const hasDisplay = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return [...(isRoot ? ["--no-sandbox"] : []), ...(hasDisplay ? [] : ["--ozone-platform=headless"])];
}

async function launchElectron(environment: NodeJS.ProcessEnv): Promise<Launched> {
  const app = await _electron.launch({
    executablePath: String(program),
    args: [...switches(), projectRoot],
    env: { ...process.env, ...environment } as Record<string, string>,
  });
  return {
    evaluate: ((order: never, argument: never) => app.evaluate(order, argument)) as Launched["evaluate"],
    firstWindow: () => app.firstWindow(),
    close: () => app.close(),
  };
}

describeWindow("the window, in Electron", launchElectron, program !== null);

test.skipIf(program === null)("Electron’s own Node packs what is pushed to a machine", async () => {
  const app = await withDataFolder(launchElectron);
  expect(await app.evaluate(() => typeof process.getBuiltinModule("node:zlib").zstdCompress)).toBe(
    "function",
  );
  await app.close();
});
