import { expect, it } from "vitest";
import { parseTargetAddress } from "#core/install/target-address.ts";

const key = "SHA256:ab+cd/efghijklmnopqrstuvwxyzABCDEFGHIJKLMNO";

it.each([
  ["192.168.1.47", "192.168.1.47", 22],
  ["192.168.1.47:2222", "192.168.1.47", 2222],
  ["root@192.168.1.47", "192.168.1.47", 22],
  ["  192.168.1.47\r\n", "192.168.1.47", 22],
  ["floppy-del-00001.local", "floppy-del-00001.local", 22],
  ["FLOPPY-DEL-00001.local:2222", "floppy-del-00001.local", 2222],
  ["floppy-del-00001", "floppy-del-00001", 22],
  ["2001:db8::1", "2001:db8::1", 22],
  ["[2001:DB8::1]:2222", "2001:db8::1", 2222],
  ["[fe80::1%eth0]:22", "fe80::1%eth0", 22],
  ["fe80::1%wlp0s20f3", "fe80::1%wlp0s20f3", 22],
  ["ssh://root@[fe80::1%25eth0]", "fe80::1%eth0", 22],
  ["ssh://root@192.168.1.47", "192.168.1.47", 22],
  ["ssh://192.168.1.47:2222/", "192.168.1.47", 2222],
])("reads %j as %s, port %d", (text, host, port) => {
  expect(parseTargetAddress(text)).toEqual({ address: { host, port }, serial: null, fingerprint: null });
});

it("reads the whole link that the target's screen shows", () => {
  expect(parseTargetAddress(`ssh://root@192.168.1.47?serial=FLOPPY-DEL-00001&fingerprint=${key}`)).toEqual({
    address: { host: "192.168.1.47", port: 22 },
    serial: "FLOPPY-DEL-00001",
    fingerprint: key,
  });
});

it("reads the link of a stick without an identity, and one that was encoded on its way", () => {
  const read = parseTargetAddress(`ssh://root@[2001:db8::1]?serial=&fingerprint=${encodeURIComponent(key)}`);
  expect(read).toEqual({ address: { host: "2001:db8::1", port: 22 }, serial: null, fingerprint: key });
});

it.each([
  ["", "No address"],
  ["ssh://", "no address"],
  ["https://example.org/", "no address"],
  ["192.168.1.300", "no address"],
  ["192.168.1", "no address"],
  ["two words", "no address"],
  ["-oProxyCommand=reboot", "no address"],
  ["$(reboot)", "no address"],
  ["pi@192.168.1.47", "no address"],
  ["192.168.1.47:0", "port"],
  ["192.168.1.47:65536", "port"],
  ["192.168.1.47:", "port"],
  ["[192.168.1.47]:22", "no IPv6 address"],
  ["fe80::1", "fe80::1%eth0"],
  ["fe80::1%eth0;reboot", "no address"],
  ["ssh://root@192.168.1.47?fingerprint=SHA256:short", "fingerprint is damaged"],
  ["ssh://root@192.168.1.47?serial=$(reboot)", "serial is damaged"],
  ["a".repeat(10_000), "too long"],
])("refuses %j, and says why", (text, reason) => {
  expect(() => parseTargetAddress(text)).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringContaining(reason) }),
  );
});
