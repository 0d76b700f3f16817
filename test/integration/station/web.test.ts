import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startStation } from "../../../src-main/station/station.ts";
import { openStationBench, type StationBench, tokenPath } from "../../support/station-bench.ts";

let bench: StationBench;

beforeEach(async () => {
  bench = await openStationBench();
});
afterEach(() => bench.remove());

describe("the token", () => {
  it("is exchanged for a cookie, and the browser is sent to a clean address", async () => {
    const { status, headers } = await bench.send({ path: tokenPath(bench.station.url) });
    expect(status).toBe(303);
    expect(headers.location).toBe("/");
    const page = await bench.send({ path: "/", headers: { cookie: headers["set-cookie"]?.[0] } });
    expect(page).toMatchObject({ status: 200, body: "<title>Floppy</title>" });
  });

  it("opens nothing when it is missing, wrong or used, and the page says how to get a new one", async () => {
    await bench.letIn(bench.station.url);
    for (const path of ["/", "/?token=", "/?token=guess", tokenPath(bench.station.url), "/app.js"]) {
      const { status, body, headers } = await bench.send({ path });
      expect({ path, status }).toEqual({ path, status: 403 });
      expect(body).toContain(`kill -USR2 ${process.pid}`);
      expect(headers["set-cookie"]).toBeUndefined();
    }
  });

  it("that is used again by the browser it let in leads to the page", async () => {
    const cookie = await bench.letIn(bench.station.url);
    const again = await bench.send({ path: tokenPath(bench.station.url), headers: { cookie } });
    expect(again).toMatchObject({ status: 303, headers: { location: "/" } });
  });

  it("can be had anew while those let in stay in", async () => {
    const first = await bench.letIn();
    const second = await bench.letIn();
    for (const cookie of [first, second]) {
      expect(await bench.send({ path: "/", headers: { cookie } })).toMatchObject({ status: 200 });
    }
  });
});

describe("the files", () => {
  it("are served with the policy, unsniffed, and never kept", async () => {
    const { headers } = await bench.send({ path: "/", headers: { cookie: await bench.letIn() } });
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "content-type": "text/html;charset=utf-8",
    });
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/app.js/../../secret.txt",
    "/%00",
    "//",
  ])("end at the renderer's folder: %s", async (path) => {
    const { status, body } = await bench.send({ path, headers: { cookie: await bench.letIn() } });
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("not to be served");
  });

  it("cannot be written", async () => {
    const answer = await bench.send({ path: "/", method: "POST", headers: { cookie: await bench.letIn() } });
    expect(answer.status).toBe(405);
  });
});

describe("a stranger's page", () => {
  it.each(["evil.com", "evil.com:80", "127.0.0.1.nip.io"])(
    "that points its own name %s here gets nothing, not even for a good token",
    async (host) => {
      const answer = await bench.send({ path: tokenPath(bench.station.url), headers: { host } });
      expect(answer.status).toBe(403);
      expect(await bench.letIn(bench.station.url)).toMatch(/^floppy-/);
    },
  );

  it("gets nothing with a cookie that it does not own", async () => {
    const cookie = await bench.letIn();
    const answer = await bench.send({ path: "/app.js", headers: { cookie, origin: "http://evil.com" } });
    expect(answer.status).toBe(403);
  });

  it("through a tunnel the station's own page works under the tunnel's port", async () => {
    const cookie = await bench.letIn();
    const answer = await bench.send({ path: "/", headers: { cookie, host: "localhost:9000" } });
    expect(answer.status).toBe(200);
  });
});

it("says which port is taken", async () => {
  const { fake, rendererFolder, port } = bench;
  const second = startStation({ floppy: fake.floppy, rendererFolder, port });
  await expect(second).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining(`${port}`),
  });
});
