/** Main's guards against a page that was taken over: what no page of ours does, done on purpose. */
import { once } from "node:events";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Launched, withDataFolder } from "./launched.ts";
import type { BrowserWindow } from "./stand-in/electron.ts";
import type { ipcMain as StandInIpc } from "./stand-in/ipc-main.ts";
import { launchStandIn, startMain } from "./stand-in/launch.ts";
import type { protocol as StandInProtocol, session as StandInSession } from "./stand-in/session.ts";

type StandIn = {
  BrowserWindow: typeof BrowserWindow;
  ipcMain: typeof StandInIpc;
  session: typeof StandInSession;
  protocol: typeof StandInProtocol;
  shell: { opened: string[] };
  app: { sandboxed: boolean };
};
type Invoke = (channel: string, args: unknown[]) => Promise<unknown>;
declare const window: { standInInvoke: Invoke } & globalThis.Window;

let app: Launched;
let page: Page;

beforeAll(async () => {
  app = await withDataFolder(launchStandIn);
  page = await app.firstWindow();
});
afterAll(() => app?.close());

/** Runs in main's process; the stand-in tells more of itself than Electron would. */
function inMain<Result, Argument>(
  order: (electron: StandIn, argument: Argument) => Result,
  argument?: Argument,
) {
  return app.evaluate(order as unknown as Parameters<typeof app.evaluate<Result, Argument>>[0], argument);
}

const NOBODY = 65_534;
const UNAUTHORIZED = { ok: false, error: { code: "UNAUTHORIZED" } };

describe("calls", () => {
  it("are answered to the top frame of the window", async () => {
    const reply = await page.evaluate(() => window.standInInvoke("floppy:call", ["app.state", {}]));
    expect(reply).toMatchObject({ ok: true });
  });

  it.each([
    ["nothing at all", []],
    ["a name that is an object", [{ toString: "app.state" }, {}]],
    ["a name from the prototype", ["__proto__", {}]],
    ["a name that is null", [null, null]],
  ])("past the preload, with %s, are refused with a code", async (_, args) => {
    const reply = await page.evaluate((given) => window.standInInvoke("floppy:call", given), args);
    expect(reply).toMatchObject({ ok: false, error: { code: "UNKNOWN_CALL" } });
  });

  it("with an input that is no input are refused with a code", async () => {
    const reply = await page.evaluate(() => window.standInInvoke("floppy:call", ["runs.start", "rm -rf"]));
    expect(reply).toMatchObject({ ok: false, error: { code: "INVALID_INPUT" } });
  });

  it("from a frame inside the page are refused", async () => {
    await page.evaluate(() => document.body.append(document.createElement("iframe")));
    const frame = page.frames().at(-1);
    const reply = await frame?.evaluate(() => window.standInInvoke("floppy:call", ["app.state", {}]));
    expect(reply).toMatchObject(UNAUTHORIZED);
  });

  it("from a window that is not ours are refused", async () => {
    const reply = await inMain(async ({ BrowserWindow }) => {
      const preferences = BrowserWindow.getAllWindows()[0]?.webContents.getLastWebPreferences();
      const stranger = new BrowserWindow({ webPreferences: { preload: String(preferences?.preload) } });
      await stranger.loadURL("floppy://app/");
      const strangePage = await stranger.webContents.page;
      const invoke = `standInInvoke("floppy:call", ["app.state", {}])`;
      const reply = await strangePage.evaluate(invoke);
      await stranger.destroy();
      return reply;
    });
    expect(reply).toMatchObject(UNAUTHORIZED);
  });

  it("of an unknown name do not leave the page", async () => {
    const arrived = () => inMain(({ ipcMain }) => ipcMain.arrived);
    const before = await arrived();
    await page.evaluate(() => Reflect.get(window, "floppy").call("system.shutdown", {}));
    expect(await arrived()).toBe(before);
  });

  it("on any other channel find nobody", async () => {
    const outcome = page.evaluate(() => window.standInInvoke("shell:open", ["/bin/sh"]));
    await expect(outcome).rejects.toThrow("No handler registered");
  });
});

describe("a page", () => {
  it.each(["will-navigate", "will-frame-navigate", "will-redirect", "will-attach-webview"])(
    "is stopped at %s, in any window there may be",
    async (name) => {
      const stopped = await inMain(({ BrowserWindow }, event) => {
        let prevented = false;
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        contents?.emit(event, { preventDefault: () => (prevented = true) }, "https://evil.example/");
        return prevented;
      }, name);
      expect(stopped).toBe(true);
    },
  );

  it("opens only the sites that Floppy links to, and those in the system's browser", async () => {
    await page.evaluate(() => {
      for (const url of [
        "https://evil.example/",
        "http://nixos.org/",
        "file:///etc/passwd",
        "https://nixos.org/download",
      ])
        window.open(url);
    });
    await expect.poll(() => inMain(({ shell }) => shell.opened)).toEqual(["https://nixos.org/download"]);
  });
});

describe("the session", () => {
  it("denies every permission, device and screen", async () => {
    const decisions = await inMain(async ({ session: { decisions } }) => ({
      requests: await Promise.all(
        ["media", "geolocation", "usb", "openExternal"].map(decisions.permissionRequest),
      ),
      checks: ["clipboard-read", "serial", "hid"].map(decisions.permissionCheck),
      device: decisions.device(),
      display: await decisions.display(),
    }));
    expect(decisions).toEqual({
      requests: [false, false, false, false],
      checks: [false, false, false],
      device: false,
      display: null,
    });
  });

  it.each([
    "https://evil.example/x.js",
    "http://127.0.0.1:1/",
    "file:///etc/passwd",
    "floppy://evil/",
    "data:,x",
  ])("cancels a request for %s", async (url) =>
    expect(await inMain(({ session }, address) => session.decisions.isCancelled(address), url)).toBe(true),
  );

  it("lets the page's own files through", async () => {
    const cancelled = await inMain(({ session }) => session.decisions.isCancelled("floppy://app/index.html"));
    expect(cancelled).toBe(false);
  });
});

describe("the scheme", () => {
  it("is declared standard and secure, and bypasses no policy", async () => {
    const schemes = await inMain(({ protocol }) => protocol.registeredSchemes);
    expect(schemes).toEqual([
      { scheme: "floppy", privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
  });

  const get = (url: string) =>
    inMain(async ({ protocol }, address) => {
      const response = await protocol.serve(address, "GET");
      return { status: response?.status, headers: Object.fromEntries(response?.headers ?? []) };
    }, url);

  it("serves the page with a policy that lets it connect to nothing", async () => {
    const { status, headers } = await get("floppy://app/");
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
        "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
  });

  it.each(["floppy://app/..%2fmain%2fapp.js", "floppy://app/nothing.js", "floppy://evil/index.html"])(
    "finds nothing at %s",
    async (url) => expect((await get(url)).status).toBe(404),
  );
});

it("asks for the sandbox for every process", async () => {
  expect(await inMain(({ app }) => app.sandboxed)).toBe(true);
});

it("opens nothing where a user’s Chromium was started without its sandbox", async () => {
  const home = await mkdtemp(join(tmpdir(), "floppy-nobody-"));
  await chown(home, NOBODY, NOBODY);
  const environment = { STAND_IN_SWITCH: "no-sandbox", FLOPPY_DATA: home, HOME: home, TMPDIR: home };
  const main = startMain(environment, undefined, { uid: NOBODY, gid: NOBODY });
  const [[code], said] = await Promise.all([once(main, "exit"), text(main.stderr)]);
  expect(code).toBe(1);
  expect(said).toContain("Floppy’s window was started without a sandbox around its page.");
  expect(await readdir(home)).not.toContain("inventory.sqlite");
  await rm(home, { recursive: true });
});

it("ends at once when Floppy is open already", async () => {
  const second = startMain({ STAND_IN_SECOND: "1", FLOPPY_DATA: "/nowhere" });
  expect(await once(second, "exit")).toEqual([0, null]);
});

it("has developer tools only where it is developed", async () => {
  const packaged = await withDataFolder(launchStandIn, { STAND_IN_PACKAGED: "1" });
  await packaged.firstWindow();
  const has = (launched: Launched) =>
    launched.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return (
        contents as unknown as { getLastWebPreferences(): { devTools: boolean } }
      ).getLastWebPreferences().devTools;
    });
  expect([await has(app), await has(packaged)]).toEqual([true, false]);
  await packaged.close();
});
