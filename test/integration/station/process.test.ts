/** The station as a person starts it: the built program, its flags, its signals. */

import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "../../support/chromium.ts";

const root = join(import.meta.dirname, "../../..");
const node = join(root, "node_modules/node/bin/node");

let folder: string;
let started: ReturnType<typeof start>[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-station-"));
});
afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await Promise.all(started);
  started = [];
  await rm(folder, { recursive: true, force: true });
});

/** Others work on this machine too. */
const patient = { timeout: 30_000 };

const start = (env: NodeJS.ProcessEnv, flags: string[]) =>
  execa(node, [join(root, "out/main/station.js"), ...flags], { reject: false, env });

const station = (...flags: string[]) => stationIn({}, ...flags);

function stationIn(env: NodeJS.ProcessEnv, ...flags: string[]) {
  const child = start(env, flags);
  started.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, nextLine: async () => String((await lines.next()).value) };
}

const data = () => ["--data", join(folder, "data")];
const addressIn = (line: string) => line.slice("Floppy station: ".length);

/** What a page at that address does with its token. */
function redeem(address: string): Promise<Response> {
  const { origin, searchParams } = new URL(address);
  const headers = { authorization: `Bearer ${searchParams.get("token")}` };
  return fetch(new URL("/session", origin), { method: "POST", headers });
}
const statusOf = async (address: string) => (await redeem(address)).status;

describe("the station", () => {
  it("prints its address, and makes the data folder it was given", async () => {
    const { nextLine } = station(...data());
    const line = await nextLine();
    expect(line).toMatch(/^Floppy station: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect(await statusOf(addressIn(line))).toBe(200);
  });

  it("signs everybody out and prints a new address when it is asked to, and its refusal says how", async () => {
    const { child, nextLine } = station(...data());
    const first = addressIn(await nextLine());
    const { secret } = await (await redeem(first)).json();
    const refused = await redeem(first);
    expect(refused.status).toBe(401);
    expect((await refused.json()).hint).toContain(`kill -USR2 ${child.pid}`);
    child.kill("SIGUSR2");
    const second = addressIn(await nextLine());
    expect(second).not.toBe(first);
    const headers = { authorization: `Bearer ${secret}` };
    expect((await fetch(new URL("/session", second), { headers })).status).toBe(401);
    expect(await statusOf(second)).toBe(200);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("leaves at %s without complaint", async (signal) => {
    const { child, nextLine } = station(...data());
    await nextLine();
    child.kill(signal);
    expect(await child).toMatchObject({ exitCode: 0, stderr: "" });
  });

  describe("that opens the system's browser", () => {
    /** Stands in for the system's: it notes what it was told, and stays as a browser would, until its folder goes. */
    async function stationWithBrowser() {
      const opened = join(folder, "opened");
      const browser = `#!/bin/sh\nprintf %s "$1" > ${opened}.part\nmv ${opened}.part ${opened}\nwhile [ -e ${opened} ]; do sleep 0.1; done\n`;
      await writeFile(join(folder, "xdg-open"), browser, { mode: 0o755 });
      const { nextLine, child } = stationIn({ PATH: `${folder}:${process.env.PATH}` }, ...data(), "--open");
      const address = addressIn(await nextLine());
      const told = async () => readFile(opened, "utf8").catch(() => "");
      await expect.poll(told, patient).not.toBe("");
      return { child, address, page: await told() };
    }

    it("hands it a page of this user's alone, which leads to the address, and is gone with the station", async () => {
      const { child, address, page } = await stationWithBrowser();
      const { mode } = await stat(fileURLToPath(page));
      expect((mode & 0o777).toString(8)).toBe("600");
      const browser = await launchChromium();
      const tab = await browser.newPage();
      await tab.goto(page);
      await tab.getByText("Which device is this?").waitFor();
      expect(tab.url()).toBe(`${new URL(address).origin}/`);
      await browser.close();
      child.kill("SIGTERM");
      await child;
      await expect(stat(fileURLToPath(page))).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("shows no other user of this machine the address, however closely they look at all processes", async () => {
      const nobody = 65534;
      const look =
        "while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -E '[t]oken=|station[.]html'; done";
      const spy = execa("sh", ["-c", look], { uid: nobody, gid: nobody, reject: false, buffer: false });
      const lines = createInterface(spy.stdout);
      const seen: string[] = [];
      lines.on("line", (line) => seen.push(line));
      const { address, page } = await stationWithBrowser();
      // By then it has seen what the browser was told, twice: all of one look at least.
      await expect.poll(() => seen.filter((line) => line === page).length, patient).toBeGreaterThan(1);
      spy.kill();
      await spy;
      const token = String(new URL(address).searchParams.get("token"));
      expect(seen.filter((line) => line.includes(token))).toEqual([]);
      const reading = execa("cat", [fileURLToPath(page)], { uid: nobody, gid: nobody });
      await expect(reading).rejects.toMatchObject({ stderr: expect.stringContaining("denied") });
    });
  });

  it("goes on where there is no browser to open", async () => {
    const { child, nextLine } = stationIn({ PATH: folder }, ...data(), "--open");
    const line = await nextLine();
    const [complaint] = await once(createInterface(child.stderr), "line");
    expect(complaint).toContain("open the address yourself");
    expect(await statusOf(addressIn(line))).toBe(200);
  });

  it("says when its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const { exitCode, stdout, stderr } = await station(...data(), "--port", String(port)).child;
    other.close();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 cannot be used`);
  });

  it.each([[["--port", "http"]], [["--port", "70000"]], [["--listen", "0.0.0.0"]], [["extra"]]])(
    "starts nothing for %j",
    async (flags) => {
      const { exitCode, stdout, stderr } = await station(...data(), ...flags).child;
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain("--help shows the options");
    },
  );

  it("listens on loopback only", async () => {
    const { nextLine, child } = station(...data());
    const { port } = new URL((await nextLine()).slice("Floppy station: ".length));
    const { stdout } = await execa("ss", ["--listening", "--tcp", "--numeric", "--no-header", "--processes"]);
    const sockets = stdout.split("\n").filter((line) => line.includes(`pid=${child.pid},`));
    expect(sockets.map((line) => line.trim().split(/\s+/)[3])).toEqual([`127.0.0.1:${port}`]);
  });
});
