import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { reachableByRoot } from "#adapters/writer/staging.ts";
import { createBench } from "../drives/bench.ts";

const bench = createBench();
let folder: string;
let env: { APPIMAGE: string; APPDIR: string; XDG_CACHE_HOME: string };
let command: string[];

function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

beforeEach(() => {
  folder = bench.folder();
  env = {
    APPIMAGE: join(folder, "Floppy.AppImage"),
    APPDIR: join(folder, "mount"),
    XDG_CACHE_HOME: join(folder, "cache"),
  };
  put(env.APPIMAGE, "an image");
  command = [
    join(env.APPDIR, "resources/node"),
    join(env.APPDIR, "resources/app.asar.unpacked/out/main/writer.js"),
  ];
  put(command[0] ?? "", "node");
  chmodSync(command[0] ?? "", 0o755);
  put(command[1] ?? "", "the writer");
  put(join(env.APPDIR, "resources/app.asar.unpacked/node_modules/native/index.node"), "native");
  put(join(env.APPDIR, "resources/app.asar"), "not for the writer");
});
afterEach(bench.clear);

const cached = () => readdirSync(join(env.XDG_CACHE_HOME, "floppy"));

it("copies the writer out of an AppImage’s mount, which root cannot read", async () => {
  const [node = "", script = ""] = await reachableByRoot(command, env);
  expect(node.startsWith(env.XDG_CACHE_HOME)).toBe(true);
  expect(readFileSync(node, "utf8")).toBe("node");
  expect(readFileSync(script, "utf8")).toBe("the writer");
  expect(existsSync(join(dirname(script), "../../node_modules/native/index.node"))).toBe(true);
  expect(existsSync(join(dirname(node), "app.asar"))).toBe(false);
});

it("copies once for each AppImage, and lets go of the copy of the one before", async () => {
  const first = await reachableByRoot(command, env);
  await expect(reachableByRoot(command, env)).resolves.toEqual(first);
  put(env.APPIMAGE, "a newer image");
  const second = await reachableByRoot(command, env);
  expect(second).not.toEqual(first);
  expect(cached()).toHaveLength(1);
});

it("copies anew for an AppImage of the same size and date", async () => {
  utimesSync(env.APPIMAGE, 1, 1);
  const first = await reachableByRoot(command, env);
  put(command[1] ?? "", "a newer writer");
  put(`${env.APPIMAGE}.new`, "an imagf");
  utimesSync(`${env.APPIMAGE}.new`, 1, 1);
  renameSync(`${env.APPIMAGE}.new`, env.APPIMAGE);
  const [, script = ""] = await reachableByRoot(command, env);
  expect(script).not.toBe(first[1]);
  expect(readFileSync(script, "utf8")).toBe("a newer writer");
});

it("does not take a copy that was broken off for a whole one", async () => {
  rmSync(join(env.APPDIR, "resources/app.asar.unpacked"), { recursive: true });
  await expect(reachableByRoot(command, env)).rejects.toThrow();
  expect(cached()).toEqual([]);
});

it("leaves any other command as it is", async () => {
  const { APPIMAGE: _, ...installed } = env;
  await expect(reachableByRoot(command, installed)).resolves.toEqual(command);
  const own = ["/usr/bin/node", "writer.js"];
  await expect(reachableByRoot(own, env)).resolves.toEqual(own);
});
