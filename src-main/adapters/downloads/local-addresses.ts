/** Where nothing that comes from elsewhere may send a request: this computer, and what answers on its own links alone. */
import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { HttpTrouble } from "./http-trouble.ts";

const local = new BlockList();
/** Addresses of IPv6 that mean one of IPv4 (::ffff:…) are matched by its rules. */
const ranges4 = [
  ["127.0.0.0", 8],
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
] as const;
/** The first one holds ::, ::1, and IPv4 as it was once written; then link-local, and IPv4 behind NAT64 and 6to4. */
const ranges6 = [
  ["::", 96],
  ["fe80::", 10],
  ["64:ff9b::7f00:0", 104],
  ["64:ff9b::", 104],
  ["64:ff9b::a9fe:0", 112],
  ["2002:7f00::", 24],
  ["2002::", 24],
  ["2002:a9fe::", 32],
] as const;
for (const [address, prefix] of ranges4) local.addSubnet(address, prefix, "ipv4");
for (const [address, prefix] of ranges6) local.addSubnet(address, prefix, "ipv6");

export const LOCAL_ADDRESS = "an address of this computer or of its own link";

export function isLocalAddress(address: string): boolean {
  const [plain = ""] = address.split("%");
  const family = isIP(plain);
  return family !== 0 && local.check(plain, family === 6 ? "ipv6" : "ipv4");
}

/** Of a host as a URL has it, before any name is looked up. */
export function isLocalHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return isLocalAddress(name.replace(/^\[(.*)\]$/, "$1"));
}

/** Looks names up, and refuses the one that was asked for where it leads to this computer; a proxy may be on it. */
export function lookupElsewhere(
  hostname: string,
  look: LookupFunction = lookup as LookupFunction,
): LookupFunction {
  return (asked, options, done) =>
    look(asked, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
      if (error || asked !== hostname || !addresses.some(isLocalAddress)) return done(error, found, family);
      done(new HttpTrouble(`its name leads to ${LOCAL_ADDRESS}`, false), found, family);
    });
}
