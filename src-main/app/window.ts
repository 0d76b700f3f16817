import { BrowserWindow, nativeTheme } from "electron";

const PAPER = { light: "#f5f3ee", dark: "#141618" };

/** The one window, locked down; it shows once there is something to see. */
export function createWindow(options: { preload: string; developing: boolean }): BrowserWindow {
  const window = new BrowserWindow({
    title: "Floppy",
    width: 1280,
    height: 800,
    minWidth: 1024,
    minHeight: 700,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? PAPER.dark : PAPER.light,
    webPreferences: {
      preload: options.preload,
      devTools: options.developing,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
    },
  });
  window.once("ready-to-show", () => window.show());
  return window;
}
