/** A stand-in for the `electron` module: as much of it as Floppy's main uses, over a real Chromium. */
import { EventEmitter } from "node:events";
import { app } from "./app.ts";
import { answerTest } from "./control.ts";
import { ipcMain } from "./ipc-main.ts";
import { protocol, session } from "./session.ts";
import { type Preferences, WebContents } from "./web-contents.ts";

const windows = new Set<BrowserWindow>();

class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  readonly options: object;
  #visible = false;

  static getAllWindows = () => [...windows];

  constructor(options: { webPreferences: Preferences }) {
    super();
    this.options = options;
    this.webContents = new WebContents(options.webPreferences);
    windows.add(this);
  }

  async loadURL(address: string) {
    await this.webContents.loadURL(address);
    this.emit("ready-to-show");
  }

  isVisible = () => this.#visible;
  isMinimized = () => false;
  show = () => this.#setVisible(true);
  hide = () => this.#setVisible(false);
  focus() {}

  #setVisible(visible: boolean) {
    this.#visible = visible;
  }

  close() {
    const event = { prevented: false, preventDefault: () => Object.assign(event, { prevented: true }) };
    this.emit("close", event);
    if (!event.prevented) void this.destroy();
  }

  async destroy() {
    await (await this.webContents.page).close();
    windows.delete(this);
    this.emit("closed");
    if (windows.size === 0) app.emit("window-all-closed");
  }
}

const shell = {
  opened: [] as string[],
  async openExternal(url: string) {
    shell.opened.push(url);
  },
};

const dialog = {
  errors: [] as string[],
  showErrorBox(title: string, content: string) {
    dialog.errors.push(title);
    console.error(`${title}\n${content}`);
  },
  showMessageBox: async () => ({ response: 0 }),
};

const Menu = { setApplicationMenu() {} };
const nativeTheme = { shouldUseDarkColors: false };

export { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, session, shell };

answerTest({ app, BrowserWindow, dialog, ipcMain, protocol, session, shell });
