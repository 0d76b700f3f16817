import { EventEmitter } from "node:events";
import type { Frame, Page, Route } from "playwright";
import { toReal, toShown } from "./addresses.ts";
import { app } from "./app.ts";
import { browser } from "./browser.ts";
import { ipcMain } from "./ipc-main.ts";
import { INVOKE, pageScript, WINDOW_OPEN } from "./page-script.ts";
import { isCancelled, protocol } from "./session.ts";

type OpenHandler = (details: { url: string }) => { action: "allow" | "deny" };
type SenderFrame = { url: string; parent: SenderFrame | null };
export type Preferences = { preload: string; [name: string]: unknown };

function senderFrame(frame: Frame): SenderFrame {
  const parent = frame.parentFrame();
  return { url: toReal(frame.url()), parent: parent && senderFrame(parent) };
}

let lastId = 0;

export class WebContents extends EventEmitter {
  readonly id = ++lastId;
  readonly page: Promise<Page>;
  readonly #preferences: Preferences;
  #openHandler: OpenHandler = () => ({ action: "allow" });
  /** The address that main itself asked for; it alone is no navigation of the page's. */
  #loading: string | null = null;
  #destroyed = false;
  #shown = "";

  constructor(preferences: Preferences) {
    super();
    this.#preferences = preferences;
    this.page = this.#openPage();
    app.emit("web-contents-created", {}, this);
  }

  async #openPage() {
    const page = await (await browser).newPage();
    await page.exposeBinding(INVOKE, ({ frame }, channel: string, args: unknown[]) =>
      ipcMain.invoke(channel, { senderFrame: senderFrame(frame), sender: this }, args),
    );
    await page.exposeBinding(WINDOW_OPEN, (_source, url: string) => this.#openHandler({ url }).action);
    await page.addInitScript(pageScript(this.#preferences.preload));
    await page.route("**/*", (route) => this.#answer(route));
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) this.#shown = frame.url();
    });
    page.on("close", () => {
      this.#destroyed = true;
      this.emit("destroyed");
    });
    return page;
  }

  /** Main's handlers decide on every request, as they would in Electron. */
  async #answer(route: Route) {
    const request = route.request();
    const url = toReal(request.url());
    if (request.isNavigationRequest() && !this.#mayNavigate(url, request.frame()))
      return route.abort("aborted");
    if (await isCancelled(url)) return route.abort("blockedbyclient");
    const response = await protocol.serve(url, request.method());
    if (!response) return route.abort("addressunreachable");
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  #mayNavigate(url: string, frame: Frame): boolean {
    const isMainFrame = frame.parentFrame() === null;
    if (isMainFrame && url === this.#loading) return true;
    const event = {
      url,
      isMainFrame,
      prevented: false,
      preventDefault: () => Object.assign(event, { prevented: true }),
    };
    if (isMainFrame) this.emit("will-navigate", event);
    this.emit("will-frame-navigate", event);
    return !event.prevented;
  }

  setWindowOpenHandler(handler: OpenHandler) {
    this.#openHandler = handler;
  }

  async loadURL(address: string) {
    const page = await this.page;
    this.#loading = address;
    await page.goto(toShown(address));
    this.#loading = null;
  }

  send(channel: string, ...args: unknown[]) {
    const deliver = ([to, values]: [string, unknown[]]) =>
      Reflect.get(globalThis, "standInDeliver")?.(to, values);
    // A page that is just closing misses it, as in Electron.
    this.page.then((page) => page.evaluate(deliver, [channel, args] as [string, unknown[]])).catch(() => {});
  }

  isDestroyed = () => this.#destroyed;
  getLastWebPreferences = () => this.#preferences;
  getURL = () => toReal(this.#shown);
}
