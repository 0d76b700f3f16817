import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  access,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { extractAll, extractFile, listPackage, statFile } from "@electron/asar";
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { launchStandIn } from "../e2e/electron/stand-in/launch.ts";

const root = join(import.meta.dirname, "../..");
const node = join(root, "node_modules/node/bin/node");
const packer = join(root, "test/support/packaging/pack.ts");

let folder: string;
let app: string;
let resources: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-package-"));
  app = join(folder, "dist/linux-unpacked");
  resources = join(app, "resources");
  await execa(node, [packer, folder]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const unpacked = (path: string) => join(resources, "app.asar.unpacked", path);
const packagedNode = () => join(resources, "node");

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The shipped packages that these files are of; one that lies in another's folder is part of that. */
function packagesIn(files: string[]): Set<string> {
  const folder = `${unpacked("node_modules")}/`;
  const inside = files.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length));
  return new Set(inside.map((file) => file.split("/", file.startsWith("@") ? 2 : 1).join("/")));
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

it("is packed from a configuration that the packager checks against its own schema", async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), "floppy-package-"));
  const misspelt = execa(node, [packer, elsewhere, JSON.stringify({ electronFuse: { runAsNode: true } })]);
  await expect(misspelt).rejects.toMatchObject({ stderr: expect.stringContaining("unknown property") });
  await rm(elsewhere, { recursive: true, force: true });
});

describe("the archive", () => {
  it("holds the window's main, its preload and the page", () => {
    const files = listPackage(join(resources, "app.asar"), { isPack: false });
    expect(files).toEqual(
      expect.arrayContaining([
        "/package.json",
        "/out/main/app.js",
        "/out/preload/index.cjs",
        "/out/renderer/index.html",
      ]),
    );
    for (const inside of ["out/main/app.js", "out/preload/index.cjs"]) {
      expect(statFile(join(resources, "app.asar"), inside, true)).not.toHaveProperty("unpacked", true);
    }
    const { name, main } = JSON.parse(String(extractFile(join(resources, "app.asar"), "package.json")));
    expect({ name, main }).toEqual({ name: "floppy", main: manifest.main });
  });

  it("holds no sources, tests or tools of ours", () => {
    const files = listPackage(join(resources, "app.asar"), { isPack: false });
    const tops = new Set(files.map((file) => file.split("/")[1]));
    expect([...tops].sort()).toEqual(["node_modules", "out", "package.json"]);
    const names = new Set(
      files.filter((file) => /^\/node_modules\/[^@/]+$/.test(file)).map((file) => file.split("/")[2]),
    );
    for (const bundled of ["react", "zod", "execa", "kysely", "electron", "vite", "typescript"]) {
      expect(names).not.toContain(bundled);
    }
  });

  it("ships of the packages those that are loaded, and no others of etcher-sdk's", async () => {
    const chunks = await readdir(unpacked("out/main/chunks"));
    const imports = chunks.map(
      (chunk) => `await import(${JSON.stringify(unpacked(`out/main/chunks/${chunk}`))});`,
    );
    // Native code is opened past the loader; the report names it.
    const report = `console.log(process.report.getReport().sharedObjects.join("\\n"));`;
    const { stdout } = await execa(packagedNode(), [
      ...["--import", join(root, "test/support/packaging/note-loaded.mjs")],
      ...["--input-type=module", "--eval", [...imports, report].join("\n")],
    ]);
    const loaded = packagesIn(stdout.split("\n"));
    const later = ["@foxglove/wasm-bz2", "tslib", "string_decoder", "safe-buffer"];
    const shipped = packagesIn(await filesUnder(unpacked("node_modules")));
    expect([...shipped].sort()).toEqual([...new Set([...loaded, ...later])].sort());
    expect(shipped.size).toBeLessThan(45);
  });

  it("stays small: a minified page, and no headers or code for other machines", async () => {
    const files = await filesUnder(unpacked(""));
    const bytes = async (of: RegExp) => {
      const sizes = files.filter((file) => of.test(file)).map(async (file) => (await stat(file)).size);
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    };
    expect(await bytes(/out\/renderer\/.*\.js$/)).toBeLessThan(650_000);
    expect(await bytes(/node_modules/)).toBeLessThan(5_000_000);
    expect(files.filter((file) => /\.(h|hpp|c|cc|gyp|map|d\.ts)$/.test(file))).toEqual([]);
    const others = process.arch === "x64" ? /linux-arm|darwin|win32/ : /linux-x64|darwin|win32/;
    expect(files.filter((file) => others.test(file))).toEqual([]);
  });
});

describe("beside the archive", () => {
  it("lies what plain Node must read, and that Node", async () => {
    for (const path of [
      "package.json",
      "out/main/cli.js",
      "out/main/station.js",
      "out/main/writer.js",
      "out/renderer/index.html",
    ]) {
      expect(existsSync(unpacked(path)), path).toBe(true);
    }
    const { stdout } = await execa(packagedNode(), ["--version"]);
    expect(stdout).toBe(`v${manifest.devDependencies.node}`);
  });

  it("lies that Node without its symbols, and the project's own as it was", async () => {
    const sections = async (program: string) =>
      (await execa("readelf", ["--section-headers", program])).stdout;
    expect(await sections(packagedNode())).not.toContain(".symtab");
    expect(await sections(node)).toContain(".symtab");
  });

  it("lies the flake", () => {
    for (const name of ["flake.nix", "flake.lock", "catalog.nix", "catalog.json"]) {
      expect(existsSync(join(resources, "nixos", name)), name).toBe(true);
    }
  });

  it("lies native code for this machine", async () => {
    const names = ["drivelist", "@ronomon/direct-io", "lzma-native", "xxhash-addon"];
    const scripts = names.map((name) => `require(${JSON.stringify(name)})`).join(";");
    await execa(packagedNode(), ["--eval", scripts], { cwd: unpacked("out/main") });
  });
});

it("has the fuses set", async () => {
  const wire = await getCurrentFuseWire(join(app, "floppy-desktop"));
  const states = Object.fromEntries(
    Object.entries(wire).map(([fuse, state]) => [
      FuseV1Options[Number(fuse)] ?? fuse,
      state === FuseState.ENABLE,
    ]),
  );
  expect(states).toMatchObject({
    RunAsNode: false,
    EnableCookieEncryption: false,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: false,
    GrantFileProtocolExtraPrivileges: false,
  });
});

describe("the packaged programs", () => {
  it("all load: no module of theirs was left out", async () => {
    const chunks = await readdir(unpacked("out/main/chunks"));
    const imports = chunks.map(
      (chunk) => `await import(${JSON.stringify(unpacked(`out/main/chunks/${chunk}`))});`,
    );
    await execa(packagedNode(), ["--input-type=module", "--eval", imports.join("\n")]);
  });

  it("the command starts", async () => {
    const { stdout } = await execa(packagedNode(), [unpacked("out/main/cli.js"), "--help"]);
    expect(stdout).toContain("Usage: floppy");
  });

  const packers: [string, (image: string) => Promise<unknown>][] = [
    ["raw", async () => undefined],
    ["gz", (image) => execa("gzip", ["--keep", image])],
    ["bz2", (image) => execa("bzip2", ["--keep", image])],
    ["xz", (image) => execa("xz", ["--keep", image])],
    ["zst", (image) => execa("zstd", ["--quiet", image])],
    ["zip", (image) => execa("zip", ["--junk-paths", `${image}.zip`, image])],
  ];

  it.each(packers)("the writer reads an image: %s", async (format, pack) => {
    const image = join(folder, `${format}.img`);
    await writeFile(image, Buffer.alloc(1024 ** 2, 0x55));
    await pack(image);
    const path = format === "raw" ? image : `${image}.${format}`;
    // With an empty PATH, what unpacks is what was packaged.
    const env = { PATH: join(folder, "nothing") };
    const writer = execa(packagedNode(), [unpacked("out/main/writer.js")], {
      stdin: "pipe",
      env,
      extendEnv: false,
    });
    writer.stdin.write(`${JSON.stringify({ job: "inspect", path })}\n`);
    const { stdout } = await writer;
    const last = JSON.parse(stdout.split("\n").at(-1) ?? "");
    expect(last).toMatchObject({ event: "inspected", inspection: { format, sizeBytes: 1024 ** 2 } });
  });

  it("the command writes, verifies and reads back a drive", async () => {
    const env = { FLOPPY_DATA: join(folder, "data") };
    const { stdout } = await execa(packagedNode(), [unpacked("out/main/cli.js"), "practice"], { env });
    expect(stdout).toContain("Written and verified on a practice drive.");
    expect(stdout).toContain("Serial");
  });

  it("the station serves the packaged page, and leaves at a signal", async () => {
    const station = execa(packagedNode(), [unpacked("out/main/station.js")], {
      env: { FLOPPY_DATA: join(folder, "data") },
      buffer: false,
    });
    const [line] = await once(createInterface(station.stdout), "line");
    const url = String(line).replace("Floppy station: ", "");
    const page = await fetch(url);
    expect(await page.text()).toContain("<title>Floppy</title>");
    station.kill("SIGTERM");
    expect(await station).toMatchObject({ exitCode: 0 });
  });
});

/** The archive as Electron's own file functions show it: a folder of its name. */
async function openArchive(): Promise<string> {
  const shown = join(folder, "shown");
  await mkdir(shown);
  for (const beside of ["node", "nixos", "app.asar.unpacked"]) {
    await symlink(join(resources, beside), join(shown, beside));
  }
  extractAll(join(resources, "app.asar"), join(shown, "app.asar"));
  return join(shown, "app.asar");
}

it("the packaged main opens the packaged page, and its core finds what lies beside", async () => {
  const main = join(await openArchive(), "out/main/app.js");
  const window = await launchStandIn({ FLOPPY_DATA: join(folder, "data"), STAND_IN_PACKAGED: "1" }, main);
  const page = await window.firstWindow();
  const reply = await page.evaluate(() => Reflect.get(globalThis, "floppy").call("app.state", {}));
  await window.close();
  expect(reply).toMatchObject({ ok: true, value: { version: manifest.version } });
  expect(reply.value.catalog.hosts.length).toBeGreaterThan(0);
});

it("the AppImage is started with Chromium’s sandbox", async () => {
  const entry = await readFile(join(folder, "appimage.desktop"), "utf8");
  expect(entry).toMatch(/^Exec=AppRun %U$/m);
  expect(entry).not.toContain("sandbox");
});

describe("the deb", () => {
  async function installs() {
    const toolArguments: string[] = JSON.parse(await readFile(join(folder, "deb.json"), "utf8"));
    const pairs = toolArguments.filter((one) => /^[^-].*=\//.test(one)).map((one) => one.split("="));
    return new Map(pairs.map(([from = "", to = ""]) => [to, from]));
  }

  it("installs the commands, the right to write, the app with its menu entry and icon", async () => {
    const installed = await installs();
    expect([...installed.keys()]).toEqual(
      expect.arrayContaining([
        "/opt/Floppy",
        "/usr/bin/floppy",
        "/usr/bin/floppy-station",
        "/usr/share/applications/floppy-desktop.desktop",
        "/usr/share/icons/hicolor/256x256/apps/floppy-desktop.png",
        "/usr/share/polkit-1/actions/wtf.floppy.writer.policy",
      ]),
    );
  });

  it.each([
    ["/usr/bin/floppy", "out/main/cli.js"],
    ["/usr/bin/floppy-station", "out/main/station.js"],
  ])("has %s run %s", async (command, program) => {
    const wrapper = join(root, String((await installs()).get(command)));
    expect(await isExecutable(wrapper)).toBe(true);
    const moved = join(folder, "wrapper");
    const text = await readFile(wrapper, "utf8");
    expect(text).toContain(program);
    await writeFile(moved, text.replace("/opt/Floppy", app));
    const { stdout } = await execa("sh", [moved, "--help"]);
    expect(stdout).toContain("loppy");
  });

  it("gives the right to write to nothing but the packaged writer", async () => {
    const policy = await readFile(
      join(root, String((await installs()).get("/usr/share/polkit-1/actions/wtf.floppy.writer.policy"))),
      "utf8",
    );
    const paths = [...policy.matchAll(/exec\.(?:path|argv1)">([^<]+)</g)].map(([, path = ""]) => path);
    expect(paths).toHaveLength(2);
    for (const path of paths)
      expect((await stat(path.replace("/opt/Floppy", app))).isFile(), path).toBe(true);
  });
});
