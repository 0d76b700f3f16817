/** What must hold in the window, in the stand-in's Chromium and in Electron itself alike. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { type Launch, type Launched, withDataFolder } from "./launched.ts";

type Exposed = {
  call(name: unknown, input: unknown): Promise<unknown>;
  subscribe(listener: (notification: unknown) => void): () => void;
};
declare const window: { floppy: Exposed } & globalThis.Window;

export function describeWindow(name: string, launch: Launch, isHere = true) {
  describe.runIf(isHere)(name, () => {
    let app: Launched;
    let page: Page;

    beforeAll(async () => {
      app = await withDataFolder(launch);
      page = await app.firstWindow();
    });
    afterAll(() => app?.close());

    it("opens one window on Floppy's own scheme, and the page draws itself", async () => {
      const urls = await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((one) => one.webContents.getURL()),
      );
      expect(urls).toEqual(["floppy://app/"]);
      await expect.poll(() => page.locator("main").count()).toBeGreaterThan(0);
    });

    it("locks the page down", async () => {
      const preferences = await app.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        return (contents as unknown as { getLastWebPreferences(): object }).getLastWebPreferences();
      });
      expect(preferences).toMatchObject({
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
      });
    });

    it("gives the page two functions and nothing of Node's or Electron's", async () => {
      const seen = await page.evaluate(() => ({
        floppy: Object.keys(window.floppy).sort(),
        others: ["require", "process", "module", "Buffer", "ipcRenderer", "electron"].filter(
          (name) => name in window,
        ),
      }));
      expect(seen).toEqual({ floppy: ["call", "subscribe"], others: [] });
    });

    it("carries a call to the core and its reply back", async () => {
      const reply = await page.evaluate(() => window.floppy.call("app.state", {}));
      expect(reply).toMatchObject({ ok: true, value: { version: manifest.version } });
    });

    it("brings notifications, without the event they came in, until the page unsubscribes", async () => {
      const heard = await page.evaluate(async () => {
        const notifications: unknown[][] = [];
        const rename = (benchName: string) => window.floppy.call("settings.update", { benchName });
        const unsubscribe = await new Promise<() => void>((resolve) => {
          const end = window.floppy.subscribe((...args) => {
            notifications.push(args);
            resolve(end);
          });
          void rename("Bench 7");
        });
        unsubscribe();
        await rename("Bench 8");
        // A later call's reply comes after the notification that the earlier one caused.
        await window.floppy.call("app.state", {});
        return notifications;
      });
      expect(heard).toEqual([
        [{ event: "settings", payload: expect.objectContaining({ benchName: "Bench 7" }) }],
      ]);
    });

    it.each([
      ["an unknown call", "system.shutdown", {}, "UNKNOWN_CALL"],
      ["a name from the prototype", "constructor", {}, "UNKNOWN_CALL"],
      ["a name that is none", 7, {}, "UNKNOWN_CALL"],
      ["no input", "app.state", undefined, "INVALID_INPUT"],
      ["a foreign field", "app.state", { more: 1 }, "INVALID_INPUT"],
      ["the wrong type", "devices.identify", { text: ["FLOPPY-RPI-00001"] }, "INVALID_INPUT"],
      ["an endless text", "devices.identify", { text: "x".repeat(100_000) }, "INVALID_INPUT"],
    ])("refuses %s", async (_, call, input, code) => {
      const reply = await page.evaluate(([name, given]) => window.floppy.call(name, given), [call, input]);
      expect(reply).toMatchObject({ ok: false, error: { code } });
    });

    it("runs no script that was put into the page", async () => {
      const ran = await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.injected = true";
        document.body.append(script);
        return "injected" in window;
      });
      expect(ran).toBe(false);
    });

    it("lets the page reach no other address", async () => {
      const outcome = await page.evaluate(() =>
        fetch("http://127.0.0.1:1/").then(
          () => "reached",
          () => "refused",
        ),
      );
      expect(outcome).toBe("refused");
    });

    it("stays on its page", async () => {
      const before = page.url();
      await page.evaluate(() => {
        window.location.href = "https://evil.example/";
      });
      // Another round to main and back: the navigation was decided on before.
      await page.evaluate(() => window.floppy.call("app.state", {}));
      expect(page.url()).toBe(before);
    });

    it("opens no second window", async () => {
      const opened = await page.evaluate(() => window.open("https://evil.example/") === null);
      expect(opened).toBe(true);
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    it("gives a frame inside the page nothing", async () => {
      const exposed = await page.evaluate(() => {
        const frame = document.createElement("iframe");
        document.body.append(frame);
        const inside = "floppy" in (frame.contentWindow ?? {});
        frame.remove();
        return inside;
      });
      expect(exposed).toBe(false);
    });

    it("grants no permission", async () => {
      expect(await page.evaluate(() => Notification.requestPermission())).toBe("denied");
    });
  });
}
