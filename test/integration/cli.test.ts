import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { catalog } from "#contract/catalog.ts";
import { drive } from "#contract/drives.ts";
import { builtProgram } from "../support/built.ts";
import { createBench, objects } from "./cli-process.ts";

const built = builtProgram("cli");

/** Disks that are not to be pulled out, among them the one that this system runs from. */
function builtInDisks(): string[] {
  const columns = ["--nodeps", "--noheadings", "--raw", "--output", "PATH,TYPE,HOTPLUG"];
  const { stdout } = spawnSync("lsblk", columns, { encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => line.split(" "));
  return rows.flatMap(([path, type, hotplug]) => (path && type === "disk" && hotplug === "0" ? [path] : []));
}

let bench: ReturnType<typeof createBench>;

beforeAll(() => {
  bench = createBench();
});

afterAll(() => bench.remove());

describe("the built command", () => {
  const help = () => {
    const started = performance.now();
    const { status, stdout } = spawnSync(process.execPath, [built, "--help"], { encoding: "utf8" });
    return { status, stdout, milliseconds: performance.now() - started };
  };

  it("shows its help within 300 ms", () => {
    const looks = [help(), help(), help(), help(), help()];
    expect(looks[0]?.status).toBe(0);
    expect(looks[0]?.stdout).toContain("Exit codes:");
    // The fastest look: what else the machine does meanwhile is not the command's doing.
    expect(Math.min(...looks.map(({ milliseconds }) => milliseconds))).toBeLessThan(300);
  });

  it("finds the flake that it comes with", () => {
    const env = { ...process.env, FLOPPY_DATA: bench.dataFolder };
    const { status, stdout } = spawnSync(process.execPath, [built, "catalog"], { encoding: "utf8", env });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^raspberry +RPI/m);
  });
});

describe("asking", () => {
  it("shows the catalog, to a machine as the contract has it", async () => {
    const { code, stdout, stderr } = await bench.run("catalog", "--json");
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const [result] = objects(stdout);
    expect(catalog.parse(result?.catalog).hosts.map(({ prefix }) => prefix)).toContain("RPI");
  });

  it("never lists a disk that is built in", async () => {
    const { code, stdout } = await bench.run("drives", "--json");
    expect(code).toBe(0);
    const listed = z.object({ drives: z.array(drive) }).parse(objects(stdout)[0]).drives;
    const built = builtInDisks();
    expect(built).not.toEqual([]);
    for (const { identity } of listed) expect(built).not.toContain(identity.path);
  });

  it("keeps devices from one call to the next", async () => {
    expect((await bench.run("devices", "add", "FLOPPY-RPI-00042", "--role", "robot")).code).toBe(0);
    expect((await bench.run("devices", "list")).stdout).toMatch(
      /FLOPPY-RPI-00042 +raspberry +robot +registered/,
    );
    const { stdout } = await bench.run("devices", "show", "floppy-rpi-00042", "--json");
    expect(objects(stdout)).toMatchObject([
      { event: "result", device: { serial: "FLOPPY-RPI-00042" }, runs: [] },
    ]);
  });

  it("survives a reader that goes away early", () => {
    const command = `"${process.execPath}" "${built}" catalog | head -n 1; echo \${PIPESTATUS[0]}`;
    const env = { ...process.env, FLOPPY_DATA: bench.dataFolder };
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8", env });
    expect(stdout).toMatch(/^Host .*\n0\n$/);
    expect(stderr).toBe("");
  });
});

describe("refusing", () => {
  it.each([
    ["an unknown command", ["fly"], 2],
    ["no command", [], 2],
    ["a wrong serial", ["devices", "add", "toaster"], 4],
    ["a role that the host cannot take", ["devices", "add", "FLOPPY-RET-00001", "--role", "robot"], 4],
    ["an unknown device", ["devices", "show", "FLOPPY-RPI-99999"], 4],
    ["to write without a drive and a yes", ["provision", "FLOPPY-RPI-00001", "--role", "robot"], 2],
    ["to flash without a yes", ["provision", "flash", "--image", "/dev/null", "--drive", "/dev/sda"], 2],
    ["a target that is not there", ["provision", "build-sd", "--target", "toaster-robot"], 7],
  ])("ends with its own exit code: %s", async (_what, args, expected) => {
    const { code, stdout, stderr } = await bench.run(...args);
    expect(code).toBe(expected);
    expect(stdout).toBe("");
    expect(stderr).not.toBe("");
  });

  it.each(builtInDisks())("refuses the built-in disk %s, even by its name", async (path) => {
    // No image: were the disk not refused, nothing could happen to it.
    const args = ["provision", "flash", "--image", "/no/such.img", "--drive", path, "--yes", "--json"];
    const { code, stdout } = await bench.run(...args);
    expect(code).toBe(5);
    expect(objects(stdout).at(-1)).toMatchObject({ event: "error", code: "DRIVE_GONE", exitCode: 5 });
  });
});
