/** What strangers say, through the readers that take it in: no text that comes out of them steers anything. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalog } from "#contract/catalog.ts";
import { parseManifest } from "#core/images/manifest.ts";
import { createAnnouncements, SERVICE, SUBTYPE } from "#core/install/announcements.ts";
import { readDisks } from "#core/install/read-disks.ts";
import { readFacts } from "#core/install/read-facts.ts";
import { readable } from "#core/text/readable.ts";
import { lsblkColumns, parseLsblk } from "#linux/lsblk.ts";
import { harmfulIn, hostileText } from "../../../support/hostile/words.ts";

/** Every text within, and no line ends: each of them is one line's part. */
function expectWords(value: unknown): void {
  if (typeof value === "string") {
    expect(harmfulIn(value)).toEqual([]);
    expect(value).not.toContain("\n");
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) expectWords(inner);
  }
}

/** The kernel's own words among what lsblk tells: names of devices, and what kind they are. */
const kernels = ["name", "kname", "maj:min", "type", "size", "ro", "rm", "hotplug", "log-sec"];
const strangers = lsblkColumns
  .toLowerCase()
  .split(",")
  .filter((column) => !kernels.includes(column));

describe("a stranger's text is words on one line", () => {
  it("where a drive tells of itself: maker, model, serial, labels, names of partitions", () => {
    fc.assert(
      fc.property(fc.record(Object.fromEntries(strangers.map((name) => [name, hostileText]))), (told) => {
        const kernel = {
          name: "/dev/sdz",
          kname: "/dev/sdz",
          "maj:min": "8:0",
          type: "disk",
          size: 1,
          ro: false,
        };
        const found = parseLsblk(
          JSON.stringify({ blockdevices: [{ ...kernel, rm: true, hotplug: true, ...told }] }),
        );
        expect(found).toHaveLength(1);
        expectWords(found);
      }),
    );
  });

  it("where a target tells of its disks and itself", () => {
    const columns = [
      "tran",
      "vendor",
      "model",
      "serial",
      "wwn",
      "label",
      "partlabel",
      "parttypename",
      "fstype",
    ];
    const disk = fc.record(Object.fromEntries(columns.map((name) => [name, hostileText])));
    fc.assert(
      fc.property(disk, hostileText, (told, text) => {
        const own = { path: "/dev/sda", type: "disk", size: 64e9, ro: false, mountpoints: [text], ...told };
        const part = { ...own, path: `/dev/${text}`, type: "part", start: 2048 };
        const lsblk = JSON.stringify({ blockdevices: [{ ...own, children: [part] }] });
        expectWords(readDisks(lsblk, "", 0));
        const files = new Map([
          ["/sys/class/dmi/id/sys_vendor", text],
          ["/sys/class/dmi/id/product_name", text],
          ["/proc/cpuinfo", `model name\t: ${text}`],
        ]);
        const addresses = JSON.stringify([{ addr_info: [{ local: text.slice(0, 64) }] }]);
        expectWords(readFacts({ files, clock: text, addresses, nowMs: 0 }));
      }),
    );
  });

  it("where a machine announces itself", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const heard = createAnnouncements();
        const instance = `${text}.${SERVICE}`;
        const said = ["serial", "run", "target", "system"].map((name) => Buffer.from(`${name}=${text}`));
        heard.absorb(
          [
            { type: "PTR", name: SUBTYPE, ttl: 100, data: instance },
            { type: "SRV", name: instance, ttl: 100, data: { target: "x.local", port: 22 } },
            { type: "TXT", name: instance, ttl: 100, data: said },
            { type: "A", name: "x.local", ttl: 100, data: "192.168.1.4" },
          ],
          "192.168.1.4",
          0,
        );
        expect(heard.found(0)).toHaveLength(1);
        expectWords(heard.found(0));
      }),
    );
  });

  it("where a manifest names what is not understood", () => {
    const image = { target: "a", urls: ["https://x.example/a"], fileBytes: 1, sha256: "a".repeat(64) };
    fc.assert(
      fc.property(hostileText, hostileText, (target, key) => {
        const odd = { target, urls: [key], fileBytes: key, [key]: key };
        const { skipped } = parseManifest(
          "/srv/images.json",
          JSON.stringify({ version: 1, images: [image, odd] }),
        );
        expect(skipped).toHaveLength(1);
        expectWords(skipped);
      }),
    );
  });

  it("where a flake's catalog tells what its hosts and roles are", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const host = {
          name: "pi",
          label: text,
          system: "aarch64-linux",
          prefix: "RPI",
          medium: "card",
          battery: false,
        };
        const role = {
          name: "robot",
          purpose: text,
          desktop: text,
          services: [text],
          hardware: text,
          refuses: { pi: text },
        };
        expectWords(catalog.parse({ hosts: [host], roles: [role] }));
      }),
    );
  });

  it("where it is cut to a length", () => {
    fc.assert(
      fc.property(hostileText, fc.nat(40), (text, length) => expectWords(readable(text, length + 1))),
    );
  });
});
