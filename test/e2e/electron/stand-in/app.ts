import { EventEmitter } from "node:events";
import { closeBrowser } from "./browser.ts";

class App extends EventEmitter {
  readonly isPackaged = process.env.STAND_IN_PACKAGED === "1";
  readonly commandLine = { hasSwitch: (name: string) => process.env.STAND_IN_SWITCH === name };
  sandboxed = false;

  enableSandbox() {
    this.sandboxed = true;
  }
  requestSingleInstanceLock() {
    return process.env.STAND_IN_SECOND !== "1";
  }
  async whenReady() {}
  quit() {
    void this.exit(0);
  }
  async exit(code: number) {
    await closeBrowser();
    process.exit(code);
  }
}

export const app = new App();
