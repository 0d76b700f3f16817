import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { escapes, harmfulIn } from "../support/hostile/words.ts";

const { scripts } = manifest;
const launch = resolve("src-main/launch");

function addPackage(root: string, name: string) {
  mkdirSync(join(root, "vendor", name), { recursive: true });
  writeFileSync(join(root, "vendor", name, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
  execFileSync("npm", ["install", "--package-lock-only", `./vendor/${name}`], { cwd: root, stdio: "ignore" });
}

/** A project as small as one can be that `npm ci` and `npm run build` work on, with the true launcher. */
function createProject(root: string) {
  const { start, floppy } = scripts;
  const project = { name: "x", version: "1.0.0", scripts: { start, floppy, build: "node build.mjs" } };
  writeFileSync(join(root, "package.json"), JSON.stringify(project));
  addPackage(root, "thing");
  writeFileSync(
    join(root, "build.mjs"),
    `import { cpSync, mkdirSync } from "node:fs";
     mkdirSync("out/main", { recursive: true });
     for (const name of ["station.js", "cli.js"]) cpSync("src-main/" + name, "out/main/" + name);`,
  );
  cpSync(launch, join(root, "src-main/launch"), { recursive: true });
  writeFileSync(
    join(root, "src-main/cli.js"),
    `console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 4;`,
  );
  setStation(root, `console.log("station", JSON.stringify(process.argv.slice(2))); process.exitCode = 7;`);
}

function setStation(root: string, source: string) {
  writeFileSync(join(root, "src-main/station.js"), source);
}

let root = "";
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "launch-"));
  createProject(root);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** Starts Floppy as `npm start` does; `ended` gives the exit code and everything it said. */
function start(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  return run(process.execPath, [join(root, "src-main/launch/start.mjs"), ...args], env);
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ELECTRON_OVERRIDE_DIST_PATH: ___, ...clean } = process.env;
  const child = spawn(command, args, { cwd: root, env: { ...clean, ...env }, stdio: "pipe" });
  children.push(child);
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk;
    if (output.includes("ready")) ready.resolve();
  };
  const ready = Promise.withResolvers<void>();
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = new Promise<{ code: number | null; output: string }>((done) =>
    child.on("close", (code) => done({ code, output })),
  );
  return { child, ended, ready: ready.promise };
}

function plantElectron(source: string) {
  const folder = join(root, "electron");
  mkdirSync(folder);
  writeFileSync(join(folder, "electron"), source);
  chmodSync(join(folder, "electron"), 0o755);
  return { ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ":99" };
}

describe("npm start", () => {
  it("on a fresh clone installs, builds, opens the station, and ends with its exit code", async () => {
    const { code, output } = await start().ended;
    expect(output).toMatch(/^Installing .*\nBuilding .*\nThere is no display here.*\nstation \[\]\n$/);
    expect(code).toBe(7);
  });

  it("the second time says nothing of installing or building", async () => {
    await start().ended;
    const { output } = await start().ended;
    expect(output).not.toMatch(/Installing|Building/);
  });

  it("builds again when a source changed, came or went", async () => {
    await start().ended;
    setStation(root, `console.log("another");`);
    expect((await start().ended).output).toMatch(/Building.*\n.*\nanother/);
    writeFileSync(join(root, "src-main/new.ts"), "");
    expect((await start().ended).output).toContain("Building");
    rmSync(join(root, "src-main/new.ts"));
    expect((await start().ended).output).toContain("Building");
  });

  it("builds again after somebody else built", async () => {
    await start().ended;
    rmSync(join(root, "out"), { recursive: true });
    expect((await start().ended).output).toContain("Building");
  });

  it("installs again when the locked packages changed", async () => {
    await start().ended;
    addPackage(root, "other");
    expect((await start().ended).output).toContain("Installing");
  });

  it("opens the Electron window where there is a program and a display", async () => {
    const env = plantElectron(`#!/bin/sh\necho "electron $*"\nexit 5\n`);
    const { code, output } = await start([], env).ended;
    expect(output).toContain(root);
    expect(output).toMatch(/electron .*\n$/);
    expect(code).toBe(5);
  });

  it("opens the browser where Electron cannot be had, and says so in a line", async () => {
    const { output } = await start([], { DISPLAY: ":99" }).ended;
    expect(output).toContain("Electron cannot be downloaded here: Floppy opens in the browser instead.\n");
    expect(output).toContain(`station ["--open"]`);
  });

  it("opens the station when told to, with its options", async () => {
    const { output } = await start(["--station", "--port", "8080"], { DISPLAY: ":99" }).ended;
    expect(output).toContain(`station ["--port","8080"]`);
    expect(output).not.toContain("Electron");
  });

  it.each([
    ["itself", () => start()],
    ["npm", () => run("npm", ["start"])],
  ])("passes a signal to %s on and waits for the clean end", async (_what, open) => {
    setStation(
      root,
      `process.on("SIGTERM", () => { console.log("ended cleanly"); process.exit(0); });
       setInterval(() => undefined, 1000);
       console.log("ready");`,
    );
    const started = open();
    await started.ready;
    started.child.kill("SIGTERM");
    const { code, output } = await started.ended;
    expect(output).toContain("ended cleanly");
    expect(code).toBe(0);
  });

  it("tells of a build that fails, with what the build said", async () => {
    writeFileSync(join(root, "build.mjs"), `console.error("no such entry"); process.exit(1);`);
    const { code, output } = await start().ended;
    expect(output).toMatch(/no such entry\n+Floppy could not be built\.\n$/);
    expect(code).toBe(1);
  });

  it("tells of a build that fails in words alone, whatever the build said to a terminal", async () => {
    const said = JSON.stringify(`no such entry ${escapes.join(" ")}`);
    writeFileSync(join(root, "build.mjs"), `console.error(${said}); process.exit(1);`);
    const { output } = await start().ended;
    expect(output).toContain("no such entry");
    expect(harmfulIn(output)).toEqual([]);
  });

  it("tells of an installation that fails", async () => {
    writeFileSync(join(root, "package-lock.json"), "{}");
    const { code, output } = await start().ended;
    expect(output).toContain("npm could not install what Floppy needs.");
    expect(code).toBe(1);
  });

  it("names what a native module needs to be compiled", async () => {
    const npm = join(root, "npm");
    mkdirSync(npm);
    writeFileSync(join(npm, "npm"), `#!/bin/sh\necho "npm error gyp ERR! not found: make" >&2\nexit 1\n`);
    chmodSync(join(npm, "npm"), 0o755);
    const { output } = await start([], { PATH: `${npm}:${process.env.PATH}` }).ended;
    expect(output).toContain("sudo apt-get install g++ make python3");
  });
});

describe("npm run floppy", () => {
  /** What the command alone says, as a script reads it. */
  function floppy() {
    const command = ["run", "--silent", "floppy", "--", "practice", "--json"];
    return spawnSync("npm", command, { cwd: root, encoding: "utf8" });
  }

  it("on a fresh clone brings the command first, says nothing of that on stdout, and ends as it ends", () => {
    const { status, stdout, stderr } = floppy();
    expect(stderr).toMatch(/^Installing .*\nBuilding .*\n$/);
    expect(stdout).toBe('["practice","--json"]\n');
    expect(status).toBe(4);
    expect(floppy().stderr).toBe("");
  });
});
