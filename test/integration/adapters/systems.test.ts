import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultNixContext } from "#adapters/nix/run-nix.ts";
import { exportPaths } from "#adapters/systems/closure.ts";
import { createSystems } from "#adapters/systems/systems.ts";
import { defaultSettings } from "#contract/settings.ts";
import type { PlannedCommand } from "#contract/targets.ts";
import { hardwareModule, parseHardware } from "#core/install/hardware.ts";
import {
  importCommand,
  missingOnStickCommand,
  missingPathsCommand,
  takeFromStickCommand,
} from "#core/install/system-commands.ts";
import type { Parcel, Systems } from "#core/ports/targets.ts";
import { type NixEnvironment, nixEnvironment } from "../../support/nix.ts";
import { refusal } from "../../support/runs.ts";
import { hardwareAnswer } from "../../unit/core/install/machine.ts";

const fixture = fileURLToPath(new URL("../../fixtures/system", import.meta.url));
const bundledFlake = fileURLToPath(new URL("../../../nixos", import.meta.url));
const signal = new AbortController().signal;
const deaf = { progress: () => undefined, log: () => undefined };
const { facts: hardware } = parseHardware(hardwareAnswer);

let nix: NixEnvironment;
let systems: Systems;

beforeAll(async () => {
  nix = await nixEnvironment();
  const bundledLayout = join(bundledFlake, "layout.json");
  systems = createSystems({ bundledFlake, bundledLayout, folder: join(nix.folder, "systems"), env: nix.env });
});

afterAll(() => nix.remove());

function buildOf(folder: string, target = "dell-dev") {
  const attribute = `nixosConfigurations.${target}.config.system.build.toplevel`;
  const request = { flake: folder, attribute, system: "x86_64-linux" as const, settings: defaultSettings };
  return systems.build(request, deaf, signal);
}

const stage = (runId: string) => systems.stage({ flake: `path:${fixture}`, runId, hardware }, signal);

describe("the layout", () => {
  it("of the bundled flake is its checked-in copy, to the letter", async () => {
    const copy: unknown = JSON.parse(await readFile(join(bundledFlake, "layout.json"), "utf8"));
    expect(await systems.layout(null)).toEqual(copy);
  });

  it("of another flake is that flake's", async () => {
    expect((await systems.layout(`path:${fixture}`)).partitions).toMatchObject([{ label: "only-root" }]);
  });

  it("is there without nix", async () => {
    const without = createSystems({
      bundledFlake,
      bundledLayout: join(bundledFlake, "layout.json"),
      folder: nix.folder,
      env: { PATH: "/nowhere" },
    });
    expect((await without.layout(null)).partitions).toHaveLength(2);
  });

  it("of Floppy's own flake is not replaced by its copy where somebody's change does not evaluate", async () => {
    const folder = await mkdtemp(join(nix.folder, "changed-"));
    await writeFile(join(folder, "layout.nix"), "{ table = ");
    const changed = createSystems({
      bundledFlake: folder,
      bundledLayout: join(bundledFlake, "layout.json"),
      folder: nix.folder,
      env: nix.env,
    });
    await expect(changed.layout(null)).rejects.toMatchObject({
      message: expect.stringContaining("syntax error"),
    });
  });

  it("that would write into a command line is refused", async () => {
    const folder = await mkdtemp(join(nix.folder, "hostile-"));
    await cp(fixture, folder, { recursive: true });
    const file = join(folder, "flake.nix");
    await writeFile(file, (await readFile(file, "utf8")).replaceAll('"only-root"', '"root; reboot"'));
    await expect(systems.layout(`path:${folder}`)).rejects.toEqual(refusal("CATALOG_UNREADABLE"));
  });
});

describe("a staged flake", () => {
  it("is the flake with the hardware of one machine, and can be changed", async () => {
    const { folder } = await stage("run-1");
    expect((await readdir(folder)).toSorted()).toEqual(["flake.nix", "hardware-configuration.nix"]);
    await writeFile(join(folder, "flake.nix"), await readFile(join(folder, "flake.nix")));
  });

  it("is built with that hardware", async () => {
    const { folder } = await stage("run-2");
    const { storePath } = await buildOf(folder);
    expect(await readFile(join(storePath, "hardware"), "utf8")).toBe(hardwareModule(hardware));
  });

  it("says nothing but the facts of that hardware, as NixOS takes them", async () => {
    const { folder } = await stage("run-facts");
    const read = `let m = import ${folder}/hardware-configuration.nix {
      modulesPath = "/modules";
      lib.mkDefault = it: it;
      config.hardware.enableRedistributableFirmware = true;
      config.boot.kernelPackages.broadcom_sta = "sta";
    }; in { inherit (m) imports boot hardware networking nixpkgs; names = builtins.attrNames m; }`;
    const args = ["--eval", "--strict", "--json", "--expr", read];
    const { stdout } = await execa("nix-instantiate", args, { env: nix.env, extendEnv: false });
    expect(JSON.parse(stdout)).toEqual({
      names: ["boot", "hardware", "imports", "networking", "nixpkgs"],
      imports: ["/modules/hardware/network/broadcom-43xx.nix", "/modules/installer/scan/not-detected.nix"],
      boot: {
        initrd: { availableKernelModules: hardware.availableModules, kernelModules: hardware.initrdModules },
        kernelModules: hardware.kernelModules,
        extraModulePackages: ["sta"],
      },
      hardware: { cpu: { intel: { updateMicrocode: true } } },
      networking: { enableIntel3945ABGFirmware: true },
      nixpkgs: { hostPlatform: "x86_64-linux" },
    });
  });

  it("writes its hardware into its own folder, wherever a link of the flake leads", async () => {
    const folder = await mkdtemp(join(nix.folder, "linked-"));
    await cp(fixture, folder, { recursive: true });
    const mine = join(nix.folder, "mine");
    await writeFile(mine, "mine");
    await symlink(mine, join(folder, "hardware-configuration.nix"));
    const staged = await systems.stage({ flake: `path:${folder}`, runId: "run-link", hardware }, signal);
    expect(await readFile(mine, "utf8")).toBe("mine");
    const written = await readFile(join(staged.folder, "hardware-configuration.nix"), "utf8");
    expect(written).toBe(hardwareModule(hardware));
  });

  it("comes as a tar of the same files", async () => {
    await stage("run-3");
    const tar = Readable.from(systems.archive({ stagedFor: "run-3" }, signal));
    const { stdout } = await execa("tar", ["--list"], { input: tar });
    expect(stdout.split("\n").toSorted()).toEqual(["./", "./flake.nix", "./hardware-configuration.nix"]);
  });

  it("is gone once it is forgotten", async () => {
    const { folder } = await stage("run-4");
    await systems.unstage("run-4");
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
  });

  it("that cannot be built says why", async () => {
    const { folder } = await stage("run-5");
    await expect(buildOf(folder, "dell-broken")).rejects.toEqual(refusal("NIX_BUILD_FAILED"));
  });
});

describe("a built system", () => {
  it("is pushed into another store as one stream, and lacks nothing there", async () => {
    const { folder } = await stage("run-6");
    const { storePath } = await buildOf(folder);
    const closure = await systems.closure(storePath, signal);
    expect(closure.map(({ path }) => path.slice(path.indexOf("-") + 1))).toEqual([
      expect.stringMatching(/kernel$/),
      expect.stringMatching(/nixos-system-dell-dev$/),
    ]);
    expect(closure.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeGreaterThan(3_000_000);

    const paths = closure.map(({ path }) => path);
    // So many that one command line cannot name them all: the streams of several become one.
    const context = { ...defaultNixContext, env: nix.env };
    await expectImported(exportPaths(context, paths, signal, 1), paths);
    for (const packed of [true, false]) {
      const { bytes, told } = bytesOf(systems.exportPaths(paths, { packed }, signal));
      await expectImported(bytes, paths);
      expect(told).toEqual(told.toSorted((one, other) => one - other));
      expect(told.at(-1)).toBeGreaterThan(3_000_000);
    }
  });

  it("that is packed travels as less than it is", async () => {
    const { folder } = await stage("run-packed");
    const lines = Array.from({ length: 200_000 }, (_, at) => `line ${at}\n`).join("");
    await writeFile(join(folder, "words"), lines);
    const { stdout: path } = await execa("nix-store", ["--add", join(folder, "words")], { env: nix.env });
    const { bytes, told } = bytesOf(systems.exportPaths([path], { packed: true }, signal));
    let sent = 0;
    for await (const { length } of bytes) sent += length;
    expect(sent).toBeLessThan(lines.length / 5);
    expect(told.at(-1)).toBeGreaterThan(lines.length);
  });

  /** What travels, and what was told to have gone with it. */
  function bytesOf(parcels: AsyncIterable<Parcel>) {
    const told: number[] = [];
    async function* bytes() {
      for await (const parcel of parcels) {
        yield parcel.bytes;
        told.push(parcel.position);
      }
    }
    return { bytes: bytes(), told };
  }

  /** The command that the machine runs, with a folder of the test's for its new disk. */
  async function expectImported(stream: AsyncIterable<Buffer>, paths: string[]): Promise<void> {
    const root = await mkdtemp(join(nix.folder, "target-"));
    const env = { ...nix.env, NIX_REMOTE: `local?root=${root}` };
    const command = importCommand.command.replaceAll("/mnt", root);
    await execa("sh", ["-euc", command], { input: Readable.from(stream), env, extendEnv: false });
    const verified = await execa("nix-store", ["--verify", "--check-contents"], { env, extendEnv: false });
    expect(verified.exitCode).toBe(0);
    const asked = ["--check-validity", "--print-invalid", ...paths];
    const { stdout } = await execa("nix-store", asked, { env, extendEnv: false });
    expect(stdout).toBe("");
  }

  it("comes from the stick as far as the stick holds it, each path compared with its hash", async () => {
    const { folder } = await stage("run-stick");
    const { storePath } = await buildOf(folder);
    const paths = (await systems.closure(storePath, signal)).map(({ path }) => path);
    const root = await mkdtemp(join(nix.folder, "target-"));
    const onMachine = async ({ command }: PlannedCommand) => {
      const options = { input: `${paths.join("\n")}\n`, env: nix.env, extendEnv: false, reject: false };
      return execa("sh", ["-euc", command.replaceAll("/mnt", root)], options);
    };
    expect((await onMachine(missingOnStickCommand)).stdout).toBe("");
    expect((await onMachine(missingPathsCommand)).stdout.split("\n")).toEqual(paths);
    expect(await onMachine(takeFromStickCommand)).toMatchObject({ exitCode: 0 });
    expect((await onMachine(missingPathsCommand)).stdout).toBe("");

    const other = await buildOf((await stage("run-spoilt")).folder);
    paths.splice(0, paths.length, other.storePath);
    await execa("chmod", ["-R", "u+w", other.storePath]);
    await writeFile(join(other.storePath, "hardware"), "spoilt");
    await execa("rm", ["-rf", root]);
    expect(await onMachine(takeFromStickCommand)).not.toMatchObject({ exitCode: 0 });
  });

  it("is not read on when the run is cancelled", async () => {
    const { folder } = await stage("run-7");
    const { storePath } = await buildOf(folder);
    const abort = new AbortController();
    const stream = systems.exportPaths([storePath], { packed: true }, abort.signal);
    abort.abort();
    const read = async () => {
      for await (const _chunk of stream);
    };
    await expect(read()).rejects.toThrow();
  });
});

describe("files made here", () => {
  it("travel as a tar and lie nowhere afterwards", async () => {
    const files = [{ path: "identity.json", content: "{}" }];
    const tar = Readable.from(systems.archive({ files }, signal));
    const { stdout } = await execa("tar", ["--extract", "--to-stdout"], { input: tar });
    expect(stdout).toBe("{}");
  });

  it("are taken out as they were put in, for root's eyes only", async () => {
    const contents = {
      empty: "",
      short: "ü\n",
      block: "x".repeat(512),
      "ssh_host_ed25519_key.pub": "k".repeat(5000),
    };
    const files = Object.entries(contents).map(([path, content]) => ({ path, content }));
    const folder = await mkdtemp(join(nix.folder, "files-"));
    const tar = Readable.from(systems.archive({ files }, signal));
    await execa("tar", ["--extract", "--directory", folder], { input: tar });
    for (const { path, content } of files) {
      expect(await readFile(join(folder, path), "utf8")).toBe(content);
      expect(await stat(join(folder, path))).toMatchObject({ uid: 0, gid: 0, mode: 0o100600 });
    }
  });

  it("lie nowhere while they travel, so that a kill leaves none of them", async () => {
    const temporary = await mkdtemp(join(nix.folder, "temporary-"));
    const archive = fileURLToPath(new URL("../../../src-main/adapters/systems/archive.ts", import.meta.url));
    // Tells that it is half-way, and waits to be killed there.
    const program = `import { archiveFiles } from ${JSON.stringify(archive)};
      const files = [{ path: "key", content: "SECRET" }, { path: "more", content: "" }];
      const archive = archiveFiles(files, new AbortController().signal)[Symbol.asyncIterator]();
      await archive.next();
      console.log("half-way");
      setInterval(() => undefined, 1000);`;
    const args = ["--input-type=module", "--eval", program];
    const child = execa(process.execPath, args, { env: { TMPDIR: temporary }, reject: false });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await child;
    expect(await readdir(temporary)).toEqual([]);
  });
});
