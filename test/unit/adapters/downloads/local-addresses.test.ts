import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { describe, expect, it } from "vitest";
import { isLocalHost, lookupElsewhere } from "../../../../src-main/adapters/downloads/local-addresses.ts";

const hostOf = (host: string) => new URL(`https://${host}/`).hostname;

describe("a host", () => {
  it.each([
    "localhost",
    "LOCALHOST",
    "localhost.",
    "images.localhost",
    "images.localhost.",
    "127.0.0.1",
    "127.255.0.9",
    "2130706433",
    "0x7f.1",
    "127.1",
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0.0.0.0]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[febf::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[2002:7f00:1::]",
  ])("that is this computer's, or its own link's: %s", (host) => {
    expect(isLocalHost(hostOf(host))).toBe(true);
  });

  it.each([
    "images.example.org",
    "localhost.example.org",
    "notlocalhost",
    "127.0.0.1.example.org",
    "192.168.1.4",
    "10.0.0.1",
    "126.255.255.255",
    "169.253.0.1",
    "[2001:db8::1]",
    "[fd00::1]",
    "[fec0::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::10.0.0.1]",
  ])("that is another's: %s", (host) => {
    expect(isLocalHost(hostOf(host))).toBe(false);
  });
});

describe("a name that is looked up", () => {
  const leads = (...addresses: string[]): LookupFunction => {
    const found = addresses.map(
      (address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 }),
    );
    return (_name, { all }, done) =>
      all ? done(null, found) : done(null, found[0]?.address ?? "", found[0]?.family);
  };
  const look = (all: boolean, asked: string, ...addresses: string[]) =>
    new Promise((done, fail) => {
      lookupElsewhere("images.example.org", leads(...addresses))(asked, { all }, (error, found) =>
        error ? fail(error) : done(found),
      );
    });

  it.each([true, false])(
    "is refused where it leads to this computer (all addresses asked for: %s)",
    async (all) => {
      for (const address of [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "fe80::1%eth0",
        "169.254.169.254",
        "0.0.0.0",
      ])
        await expect(look(all, "images.example.org", address)).rejects.toThrow(
          "of this computer or of its own link",
        );
    },
  );

  it("is refused where one of its addresses does", async () => {
    await expect(look(true, "images.example.org", "198.51.100.4", "127.0.0.1")).rejects.toThrow(
      "this computer",
    );
  });

  it("is found where none does", async () => {
    expect(await look(false, "images.example.org", "198.51.100.4")).toBe("198.51.100.4");
  });

  it("that is a proxy's may lead to this computer", async () => {
    expect(await look(false, "proxy.example.org", "127.0.0.1")).toBe("127.0.0.1");
  });
});
