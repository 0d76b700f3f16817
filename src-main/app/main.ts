import { join } from "node:path";
import { app, ipcMain, Menu, session } from "electron";
import { tellUncaught } from "#adapters/last-words.ts";
import { openFloppy } from "#adapters/open-floppy.ts";
import { locateResources } from "#adapters/resources.ts";
import { PAGE_URL } from "#contract/channels.ts";
import { bringToFront, keepRunning } from "./closing.ts";
import { askBeforeClosing, showFailure } from "./dialogs.ts";
import { answerCalls, tellPage } from "./ipc.ts";
import { declareScheme, servePages } from "./protocol.ts";
import { refuseUnsandboxed } from "./sandbox.ts";
import { keepSavedToOwner } from "./saved-files.ts";
import { guardApp, guardSession } from "./security.ts";
import { createWindow } from "./window.ts";

const developing = !app.isPackaged;
const preload = join(import.meta.dirname, "../preload/index.cjs");

async function start() {
  await app.whenReady();
  refuseUnsandboxed(app, process.getuid?.());
  guardSession(session.defaultSession, developing);
  keepSavedToOwner(session.defaultSession);
  servePages(session.defaultSession.protocol, locateResources(import.meta.dirname).renderer);
  Menu.setApplicationMenu(null);

  const floppy = await openFloppy({ elevation: "pkexec" });
  const window = createWindow({ preload, developing });
  answerCalls(ipcMain, floppy.handlers, window.webContents);
  tellPage(floppy, window.webContents);
  keepRunning(window, floppy.busy, () => askBeforeClosing(window));

  app.on("second-instance", () => bringToFront(window));
  app.on("window-all-closed", async () => {
    await floppy.close().catch(showFailure);
    app.quit();
  });
  await window.loadURL(PAGE_URL);
}

function fail(thrown: unknown) {
  showFailure(thrown);
  app.exit(1);
}

// Electron goes on after it, and tells of it on the terminal that it was started from.
process.on("unhandledRejection", tellUncaught);
app.enableSandbox();
declareScheme();
guardApp(app);
if (app.requestSingleInstanceLock()) start().catch(fail);
else app.quit();
