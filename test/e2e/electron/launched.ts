import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Electron from "electron";
import type { Page } from "playwright";

export type ElectronModule = typeof Electron;

/** The running app, whichever Electron runs it. Named after Playwright's own `ElectronApplication`. */
export type Launched = {
  /** Runs a function in main's process; it sees nothing but what it is given. */
  evaluate<Result, Argument>(
    order: (electron: ElectronModule, argument: Argument) => Result,
    argument?: Argument,
  ): Promise<Awaited<Result>>;
  /** The first window, once its page is loaded. */
  firstWindow(): Promise<Page>;
  close(): Promise<void>;
};

export type Launch = (environment: NodeJS.ProcessEnv) => Promise<Launched>;

/** The built programs' root. */
export const projectRoot = join(import.meta.dirname, "../../..");

/** A data folder of its own for one launch, so that no test sees the person's inventory. */
export async function withDataFolder(launch: Launch, environment: NodeJS.ProcessEnv = {}): Promise<Launched> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-electron-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const launched = await launch({ ...environment, FLOPPY_DATA: folder });
    return { ...launched, close: () => launched.close().finally(remove) };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}
