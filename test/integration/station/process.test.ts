/** The station as a person starts it: the built program, its flags, its signals. */

import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

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
const statusOf = async (address: string) => (await fetch(address, { redirect: "manual" })).status;

describe("the station", () => {
  it("prints its address, and makes the data folder it was given", async () => {
    const { nextLine } = station(...data());
    const line = await nextLine();
    expect(line).toMatch(/^Floppy station: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect(await statusOf(line.slice("Floppy station: ".length))).toBe(303);
  });

  it("prints a new address when it is asked to, and the page says how", async () => {
    const { child, nextLine } = station(...data());
    const first = (await nextLine()).slice("Floppy station: ".length);
    await fetch(first);
    const refused = await fetch(first);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain(`kill -USR2 ${child.pid}`);
    child.kill("SIGUSR2");
    const second = (await nextLine()).slice("Floppy station: ".length);
    expect(second).not.toBe(first);
    expect(await statusOf(second)).toBe(303);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("leaves at %s without complaint", async (signal) => {
    const { child, nextLine } = station(...data());
    await nextLine();
    child.kill(signal);
    expect(await child).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("opens the system's browser at its address", async () => {
    const opened = join(folder, "opened");
    await writeFile(
      join(folder, "xdg-open"),
      `#!/bin/sh\nprintf %s "$1" > ${opened}.part\nmv ${opened}.part ${opened}\n`,
      {
        mode: 0o755,
      },
    );
    const { nextLine } = stationIn({ PATH: `${folder}:${process.env.PATH}` }, ...data(), "--open");
    const line = await nextLine();
    await expect
      .poll(() => readFile(opened, "utf8").catch(() => null))
      .toBe(line.slice("Floppy station: ".length));
  });

  it("goes on where there is no browser to open", async () => {
    const { child, nextLine } = stationIn({ PATH: folder }, ...data(), "--open");
    const line = await nextLine();
    const [complaint] = await once(createInterface(child.stderr), "line");
    expect(complaint).toContain("open the address yourself");
    expect(await statusOf(line.slice("Floppy station: ".length))).toBe(303);
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
