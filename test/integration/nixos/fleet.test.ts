import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { device } from "#contract/devices.ts";
import {
  type FleetProcess,
  newFleetFolder,
  removeFleetFolder,
  startFleet,
} from "../../support/fleet-process.ts";

const report = {
  version: 1,
  serial: "FLOPPY-RPI-00001",
  host: "raspberry",
  role: "robot",
  hostname: "floppy-rpi-00001",
  runId: "0198c0de-run",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ floppy-rpi-00001",
  ok: true,
  problems: [] as string[],
};
const ended: FleetProcess[] = [];

let folder: string;
let fleet: FleetProcess;
let token: string;

const start = async (...options: string[]) => {
  const started = await startFleet(folder, ...options);
  ended.push(started);
  return started;
};
const ask = (path: string, init: RequestInit = {}, bearer = token) =>
  fetch(`${fleet.url}${path}`, { ...init, headers: { Authorization: `Bearer ${bearer}` } });
const post = (body: unknown, bearer = token) =>
  ask(
    "/v1/reports",
    { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) },
    bearer,
  );
const list = async () => device.array().parse(await (await ask("/v1/devices")).json());
const show = async (serial: string) => device.parse(await (await ask(`/v1/devices/${serial}`)).json());

beforeEach(async () => {
  folder = await newFleetFolder();
  fleet = await start();
  token = (await readFile(join(folder, "token"), "utf8")).trim();
});
afterEach(async () => {
  for (const one of ended.splice(0)) await one.kill();
  await removeFleetFolder(folder);
});

describe("a device's report", () => {
  it("lists the device as the app's inventory would", async () => {
    expect((await post(report)).status).toBe(204);
    expect(await list()).toEqual([
      {
        serial: report.serial,
        host: "raspberry",
        role: "robot",
        hostname: report.hostname,
        status: { state: "flashed" },
        hostKey: report.hostKey,
        lastRunId: report.runId,
        practice: false,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    ]);
  });

  it("of a failed check shows the gravest problem, and all of them in the details", async () => {
    const problems = ["/nix/store has 2 broken paths.", "The scrub is 40 days old."];
    await post({ ...report, ok: false, problems });
    expect((await show(report.serial)).status).toMatchObject({
      state: "failed",
      error: { code: "DEVICE_CHECK_FAILED", message: problems[0], details: { problems } },
    });
  });

  it("is heard whatever the device complains of, and made fit to show", async () => {
    const problems = ["Clear\u001b[2J the screen\nand \u202ego on", ...Array(60).fill("x".repeat(600))];
    await post({ ...report, ok: false, problems });
    const { status } = await show(report.serial);
    expect(status).toMatchObject({ error: { message: "Clear [2J the screen and  go on" } });
    expect(status).toMatchObject({ error: { details: { problems: { length: 50, 1: "x".repeat(500) } } } });
  });

  it("takes the place of the one before, and keeps when the device was first seen", async () => {
    await post({ ...report, ok: false, problems: ["Broken."] });
    const before = await show(report.serial);
    await post(report);
    const after = await show(report.serial);
    expect(after).toMatchObject({ status: { state: "flashed" }, createdAt: before.createdAt });
    expect(await list()).toHaveLength(1);
  });

  it("may lack what the device does not know, and tell more than is kept", async () => {
    const unknown = { ...report, role: null, runId: null, hostKey: null, checks: { store: { ok: true } } };
    expect((await post(unknown)).status).toBe(204);
    expect(await show(report.serial)).toMatchObject({ role: null, lastRunId: null, hostKey: null });
    expect(await show(report.serial)).not.toHaveProperty("checks");
  });

  it("is listed by serial, whoever reports first", async () => {
    await post({ ...report, serial: "FLOPPY-RPI-00002" });
    await post(report);
    expect((await list()).map(({ serial }) => serial)).toEqual(["FLOPPY-RPI-00001", "FLOPPY-RPI-00002"]);
  });
});

describe("what is no report", () => {
  const wrong: [string, unknown, string][] = [
    ["broken JSON", '{"version": 1,', "JSON object"],
    ["nothing", "", "JSON object"],
    ["null", "null", "JSON object"],
    ["JSON nested without end", "[".repeat(60_000), "JSON object"],
    ["another version", { ...report, version: 2 }, "version"],
    ["a serial with a path in it", { ...report, serial: "FLOPPY-RPI-../../etc" }, "serial"],
    ["a serial with a line end", { ...report, serial: `${report.serial}\n` }, "serial"],
    ["a serial that is an object", { ...report, serial: { toString: "x" } }, "serial"],
    ["a host with a path in it", { ...report, host: "../dell" }, "host"],
    ["a hostname with markup", { ...report, hostname: "<script>" }, "hostname"],
    ["a host key over two lines", { ...report, hostKey: `${report.hostKey}\nssh-rsa AAAA` }, "hostKey"],
    ["problems that are no texts", { ...report, problems: [{}] }, "problems"],
    ["ok as a word", { ...report, ok: "true" }, "ok"],
    ["no fields of its own", '{"version": 1, "__proto__": {"serial": "FLOPPY-RPI-00001"}}', "serial"],
  ];

  it.each(wrong)("such as %s, is refused by what is wrong with it", async (_, body, named) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await response.json()).message).toContain(named);
    expect(await list()).toEqual([]);
  });

  it("such as one over 64 KiB, is refused before it is read to its end", async () => {
    expect((await post({ ...report, padding: "x".repeat(64 * 1024) })).status).toBe(413);
  });

  it("such as an endless one without a length, is cut off", async () => {
    const { hostname, port } = new URL(fleet.url);
    const socket = connect(Number(port), hostname);
    const answer = text(socket).catch(() => "reset");
    socket.write(`POST /v1/reports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`);
    socket.write("Transfer-Encoding: chunked\r\n\r\n");
    const chunk = `1000\r\n${"x".repeat(4096)}\r\n`;
    // Within the limit it waits for more; past it, it answers and hangs up without an end from us.
    for (let sent = 0; sent <= 64; sent += 4) socket.write(chunk);
    expect(await answer).toMatch(/^HTTP\/1.1 413 .*Connection: close/s);
  });
});

describe("who has not got the token", () => {
  it.each(["", "x", "Bearer", "wrong-but-quite-as-long".padEnd(64, "g")])(
    "(“%s”) gets nothing",
    async (bearer) => {
      expect((await post(report, bearer)).status).toBe(401);
      for (const path of ["/v1/devices", `/v1/devices/${report.serial}`, "/", "/v1/reports"])
        expect((await ask(path, {}, bearer)).status).toBe(401);
      expect(await list()).toEqual([]);
    },
  );

  it("gets nothing by leaving the header out, or by basic authentication", async () => {
    expect((await fetch(`${fleet.url}/v1/devices`)).status).toBe(401);
    const basic = { Authorization: `Basic ${Buffer.from(`x:${token}`).toString("base64")}` };
    expect((await fetch(`${fleet.url}/v1/devices`, { headers: basic })).status).toBe(401);
  });
});

describe("a path or method that is not there", () => {
  it.each([
    "/",
    "/v1",
    "/v1/devices/",
    "/v1/devices/../../etc/passwd",
    "/v1/devices/__proto__",
    "/v1/devices?x=1",
  ])("%s is not found", async (path) => {
    const { hostname, port } = new URL(fleet.url);
    const socket = connect(Number(port), hostname);
    socket.end(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1.1 404 /);
  });

  it("of a device that never reported is not found", async () => {
    expect((await ask("/v1/devices/FLOPPY-RPI-99999")).status).toBe(404);
    expect((await ask("/v1/devices/constructor")).status).toBe(404);
  });

  it("is told apart from a wrong method", async () => {
    expect((await ask("/v1/devices", { method: "DELETE" })).headers.get("Allow")).toBe("GET");
    expect((await ask("/v1/reports")).headers.get("Allow")).toBe("POST");
  });
});

describe("the state", () => {
  it("outlives a power cut", async () => {
    await post(report);
    await fleet.kill();
    fleet = await start();
    expect(await list()).toHaveLength(1);
  });

  it("is whole on the disk as soon as a report is taken, however many come at once", async () => {
    const serials = Array.from({ length: 40 }, (_, index) => `FLOPPY-RPI-${String(index).padStart(5, "0")}`);
    await Promise.all(serials.map((serial) => post({ ...report, serial })));
    const kept = JSON.parse(await readFile(join(folder, "devices.json"), "utf8"));
    expect(kept.devices.map((one: { serial: string }) => one.serial).toSorted()).toEqual(serials);
  });

  it("is put aside, not lost, when it cannot be read", async () => {
    await fleet.kill();
    await writeFile(join(folder, "devices.json"), '{"version":1,"dev');
    fleet = await start();
    expect(await list()).toEqual([]);
    await post(report);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["devices.json", "devices.json.broken"]));
  });

  it("is not harmed by a half-written file of a power cut", async () => {
    await post(report);
    await fleet.kill();
    await writeFile(join(folder, "devices.json.new"), '{"version":1,"dev');
    fleet = await start();
    expect(await list()).toHaveLength(1);
    await post({ ...report, serial: "FLOPPY-RPI-00002" });
    expect(await list()).toHaveLength(2);
  });

  it("and the token are for their owner alone", async () => {
    await post(report);
    for (const name of ["token", "devices.json"])
      expect(((await stat(join(folder, name))).mode & 0o777).toString(8)).toBe("600");
  });

  it("takes no more devices than it may, and still hears those it has", async () => {
    await fleet.kill();
    fleet = await start("--max-devices", "1");
    await post(report);
    expect((await post({ ...report, serial: "FLOPPY-RPI-00002" })).status).toBe(507);
    expect((await post({ ...report, ok: false })).status).toBe(204);
    expect(await list()).toHaveLength(1);
  });
});

describe("the process", () => {
  it("listens on loopback unless it is told otherwise", () => {
    expect(new URL(fleet.url).hostname).toBe("127.0.0.1");
  });

  it("keeps the token that it finds", async () => {
    await fleet.kill();
    fleet = await start();
    expect((await ask("/v1/devices")).status).toBe(200);
  });

  it("does not start with a token that can be guessed", async () => {
    await fleet.kill();
    await writeFile(join(folder, "token"), "short\n");
    await expect(start()).rejects.toThrow("shorter than 16 characters");
  });

  it("ends at once and cleanly when systemd asks", async () => {
    await post(report);
    expect(await fleet.stop()).toBe(0);
  });
});
