import { describe, expect, it } from "vitest";
import { parseTargetAddress } from "#core/install/target-address.ts";
import { refusal } from "../../../support/runs.ts";

describe("where a target is", () => {
  it.each([
    ["192.168.1.47", "192.168.1.47", 22],
    [" 192.168.1.47:2222 ", "192.168.1.47", 2222],
    ["floppy-del-00001.local", "floppy-del-00001.local", 22],
    ["root@laptop", "laptop", 22],
    ["fd00::1", "fd00::1", 22],
    ["fe80::1%eth0", "fe80::1%eth0", 22],
    ["[fe80::1%eth0]:2222", "fe80::1%eth0", 2222],
    ["ssh://root@[fd00::1]?serial=x", "fd00::1", 22],
  ])("%s", (text, host, port) => {
    expect(parseTargetAddress(text).address).toEqual({ host, port });
  });

  it("can be read off the machine's QR code, with whom to expect there", () => {
    const link = "ssh://root@192.168.1.47?serial=FLOPPY-DEL-00001&fingerprint=SHA256:a+b/c";
    expect(parseTargetAddress(link)).toEqual({
      address: { host: "192.168.1.47", port: 22 },
      serial: "FLOPPY-DEL-00001",
      fingerprint: "SHA256:a+b/c",
    });
  });

  it.each([
    "",
    "   ",
    "192.168.1.999",
    "192.168.1",
    "host:0",
    "host:99999",
    "host:22:22",
    "-oProxyCommand=x",
    "a b",
    "$(reboot)",
    "[fd00::1",
    "http://x/",
    "x".repeat(300),
  ])("is not told by %j", (text) => {
    expect(() => parseTargetAddress(text)).toThrow(refusal("INVALID_INPUT"));
  });
});
