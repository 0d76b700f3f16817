import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startStation } from "../../../src-main/station/station.ts";
import { openStationBench, type StationBench, tokenOf } from "../../support/station-bench.ts";

let bench: StationBench;

beforeEach(async () => {
  bench = await openStationBench();
});
afterEach(() => bench.remove());

const statusOfSession = async (secret: string) => (await bench.ask("GET", "/session", secret)).status;

describe("the token", () => {
  it("is exchanged for a secret that no browser sends by itself", async () => {
    const { status, headers, body } = await bench.ask("POST", "/session", tokenOf(bench.station.url));
    expect(status).toBe(200);
    expect(headers["set-cookie"]).toBeUndefined();
    expect(await statusOfSession(JSON.parse(body).secret)).toBe(204);
  });

  it("opens nothing when it is missing, wrong or used, and the answer says how to get a new one", async () => {
    await bench.letIn(bench.station.url);
    for (const token of ["", "guess", tokenOf(bench.station.url)]) {
      const { status, body } = await bench.ask("POST", "/session", token);
      expect({ token, status }).toEqual({ token, status: 401 });
      const error = JSON.parse(body);
      expect(error.code).toBe("UNAUTHORIZED");
      expect(error.hint).toContain(`kill -USR2 ${process.pid}`);
    }
  });

  it("is no secret of a session, and the secret is no token", async () => {
    expect(await statusOfSession(tokenOf(bench.station.url))).toBe(401);
    const secret = await bench.letIn();
    expect((await bench.ask("POST", "/session", secret)).status).toBe(401);
  });

  it("can be had anew by a browser that is in, and lets in one more", async () => {
    const first = await bench.letIn();
    const { body } = await bench.ask("POST", "/invitation", first);
    const { body: granted } = await bench.ask("POST", "/session", JSON.parse(body).secret);
    for (const secret of [first, JSON.parse(granted).secret]) expect(await statusOfSession(secret)).toBe(204);
  });

  it("is for nobody else to have", async () => {
    for (const secret of ["", "guess"])
      expect((await bench.ask("POST", "/invitation", secret)).status).toBe(401);
  });
});

describe("signing out everywhere", () => {
  it("ends the session of every browser, voids the token that was not used, and announces a new address", async () => {
    const secret = await bench.letIn();
    const unused = bench.station.newUrl();
    expect((await bench.ask("DELETE", "/session", secret)).status).toBe(204);
    expect(await statusOfSession(secret)).toBe(401);
    expect((await bench.ask("POST", "/session", tokenOf(unused))).status).toBe(401);
    expect(bench.announced).toHaveLength(1);
    expect(await statusOfSession(await bench.letIn(bench.announced[0]))).toBe(204);
  });

  it("is for those who are in", async () => {
    const secret = await bench.letIn();
    expect((await bench.ask("DELETE", "/session", "guess")).status).toBe(401);
    const headers = { origin: "http://127.0.0.1:1" };
    expect((await bench.ask("DELETE", "/session", secret, headers)).status).toBe(403);
    expect(await statusOfSession(secret)).toBe(204);
  });
});

describe("the files", () => {
  it("are served with the policy, unsniffed; the page itself is never kept", async () => {
    const { headers } = await bench.send({ path: "/" });
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
    });
  });

  it("whose names change with what they hold are kept for good", async () => {
    const { headers } = await bench.send({ path: "/assets/index-Dk3f9a.js" });
    expect(headers["cache-control"]).toBe("private, max-age=31536000, immutable");
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
  });

  it("are packed for a browser that unpacks them, and only for that", async () => {
    const path = "/assets/index-Dk3f9a.js";
    const plain = await bench.send({ path });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const refused = await bench.send({ path, headers: { "accept-encoding": "br, gzip;q=0" } });
    expect(refused.body).toBe(plain.body);
    const packed = await bench.send({ path, headers: { "accept-encoding": "gzip, br" } });
    expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 10);
    expect(String(gunzipSync(packed.bytes))).toBe(plain.body);
  });

  it("come whole, whatever part of them is asked for", async () => {
    const whole = await bench.send({ path: "/app.js" });
    for (const range of ["bytes=5-2", "bytes=a-b", "bytes=99999-"]) {
      expect(await bench.send({ path: "/app.js", headers: { range } })).toMatchObject({
        status: 200,
        body: whole.body,
      });
    }
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/app.js/../../secret.txt",
    "/%00",
    "/toString",
  ])("end at the renderer's folder: %s", async (path) => {
    const { status, body } = await bench.send({ path });
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("not to be served");
  });

  it("cannot be written", async () => {
    const answer = await bench.ask("PUT", "/", await bench.letIn());
    expect(answer.status).toBe(405);
  });
});

describe("a stranger's page", () => {
  it.each(["evil.com", "evil.com:80", "127.0.0.1.nip.io", "x.localhost:80"])(
    "that points its own name %s here gets nothing, not even for a good token",
    async (host) => {
      const token = tokenOf(bench.station.url);
      expect((await bench.ask("POST", "/session", token, { host })).status).toBe(403);
      const origin = `http://${host}`;
      expect((await bench.ask("POST", "/session", token, { host, origin })).status).toBe(403);
      expect(await statusOfSession(await bench.letIn(bench.station.url))).toBe(204);
    },
  );

  it("gets nothing with a secret that it does not own", async () => {
    const secret = await bench.letIn();
    const answer = await bench.ask("GET", "/session", secret, { origin: "http://evil.com" });
    expect(answer.status).toBe(403);
  });

  it("through a tunnel the station's own page works under the tunnel's port", async () => {
    const tunnel = { host: "localhost:9000", origin: "http://localhost:9000" };
    const answer = await bench.ask("POST", "/session", tokenOf(bench.station.url), tunnel);
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
