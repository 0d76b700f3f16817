import { describe, expect, it } from "vitest";
import { isLoopbackHost, isSameOrigin } from "../../../src-main/station/loopback.ts";

describe("isLoopbackHost", () => {
  it.each(["127.0.0.1:4711", "localhost:4711", "[::1]:4711", "LOCALHOST:1", "127.0.0.1"])(
    "takes %s: a tunnel may end on any port",
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );

  it.each([
    undefined,
    "",
    "evil.com",
    "evil.com:4711",
    "127.0.0.1.evil.com",
    "localhost.evil.com:80",
    "evil.com@127.0.0.1",
    "127.0.0.1:80.evil.com",
    "127.0.0.1, evil.com",
    "192.168.1.2:4711",
    "0.0.0.0:4711",
  ])("refuses %s", (host) => expect(isLoopbackHost(host)).toBe(false));
});

describe("isSameOrigin", () => {
  it("takes a page of the station under the name and port the browser knows it by", () => {
    expect(isSameOrigin("http://localhost:9000", "localhost:9000")).toBe(true);
  });

  it.each([
    ["http://localhost:9001", "localhost:9000"],
    ["http://127.0.0.1:9000", "localhost:9000"],
    ["https://localhost:9000", "localhost:9000"],
    ["http://evil.com", "evil.com"],
    ["null", "localhost:9000"],
    [undefined, "localhost:9000"],
    ["http://undefined", undefined],
  ])("refuses a page of %s at %s", (origin, host) => expect(isSameOrigin(origin, host)).toBe(false));
});
