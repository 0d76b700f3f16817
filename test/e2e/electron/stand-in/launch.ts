import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { chromium, type Page } from "playwright";
import { vi } from "vitest";
import { PAGE_URL } from "#contract/channels.ts";
import { type ElectronModule, type Launched, projectRoot } from "../launched.ts";
import { toShown } from "./addresses.ts";
import type { Order, Outcome } from "./control.ts";

const NODE = join(projectRoot, "node_modules/node/bin/node");
const BUILT_MAIN = join(projectRoot, "out/main/app.js");
const REGISTER = join(import.meta.dirname, "register.ts");

/** Starts a built main in a Node of its own, with the stand-in where it imports `electron`. */
export function startMain(
  environment: NodeJS.ProcessEnv,
  program = BUILT_MAIN,
  user: { uid?: number; gid?: number } = {},
) {
  const main = fork(program, {
    ...user,
    execPath: NODE,
    execArgv: ["--import", REGISTER],
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  return Object.assign(main, { stderr: main.stderr as Readable });
}

const WINDOW_LIMIT_MS = 20_000;

async function pageOf(address: string): Promise<{ page: Page; leave(): Promise<void> }> {
  const browser = await chromium.connectOverCDP(address);
  const pages = () => browser.contexts().flatMap((context) => context.pages());
  const isOurs = (page: Page) => page.url().startsWith(toShown(PAGE_URL));
  const page = await vi.waitUntil(() => pages().find(isOurs), { timeout: WINDOW_LIMIT_MS });
  await page.waitForLoadState();
  return { page, leave: () => browser.close() };
}

export type StandIn = Launched & { exited: Promise<number | null> };

export async function launchStandIn(environment: NodeJS.ProcessEnv, program = BUILT_MAIN): Promise<StandIn> {
  const main = startMain(environment, program);
  const exited = once(main, "exit").then(([code]) => code);
  const pending = new Map<number, (outcome: Outcome) => void>();
  let lastId = 0;

  const address = await new Promise<string>((resolve, reject) => {
    let complaint = "";
    main.stderr.on("data", (text) => {
      complaint += text;
    });
    void exited.then((code) => reject(new Error(`Main ended with ${code}.\n${complaint}`)));
    main.on("message", (message: Outcome | { address: string }) => {
      if ("address" in message) resolve(message.address);
      else pending.get(message.id)?.(message);
    });
  });

  async function evaluate(order: (electron: ElectronModule, argument: never) => unknown, argument?: unknown) {
    const id = ++lastId;
    const outcome = new Promise<Outcome>((resolve) => pending.set(id, resolve));
    main.send({ id, source: String(order), argument } satisfies Order);
    const { value, error } = await outcome;
    if (error !== undefined) throw new Error(error);
    return value;
  }

  let window: ReturnType<typeof pageOf> | undefined;
  return {
    exited,
    evaluate: evaluate as Launched["evaluate"],
    async firstWindow() {
      window ??= pageOf(address);
      return (await window).page;
    },
    async close() {
      await window?.then(({ leave }) => leave()).catch(() => {});
      if (main.exitCode !== null) return;
      main.send({ id: 0, source: "({ app }) => app.quit()", argument: null } satisfies Order);
      await exited;
    },
  };
}
