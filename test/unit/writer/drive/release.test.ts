import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findStacked } from "../../../../src-main/writer/drive/holders.ts";
import { release } from "../../../../src-main/writer/drive/release.ts";

/** As sysfs shows block devices. */
let blocks: string;

beforeEach(() => {
  blocks = mkdtempSync(join(tmpdir(), "floppy-blocks-"));
});
afterEach(() => rmSync(blocks, { recursive: true }));

function put(path: string, content = ""): void {
  mkdirSync(join(blocks, dirname(path)), { recursive: true });
  writeFileSync(join(blocks, path), content);
}

/** `holder` lies on `part`, which is a device of its own as well. */
function stack(part: string, holder: string): void {
  put(`sdb/${part}/partition`, "1");
  put(`${part}/holders/${holder}`);
}

describe("what is stacked on a drive or its partitions is named by what it is:", () => {
  it.each([
    ["dm-0", "CRYPT-LUKS2-0a1b-card", "luks-0a1b", "the LUKS volume “luks-0a1b” (dm-0)"],
    ["dm-1", "LVM-xyz", "vg+data-root", "the LVM volume “vg+data-root” (dm-1)"],
    ["dm-2", "", "odd", "the mapping “odd” (dm-2)"],
  ])("%s", async (holder, uuid, name, words) => {
    stack("sdb1", holder);
    put(`${holder}/dm/uuid`, `${uuid}\n`);
    put(`${holder}/dm/name`, `${name}\n`);
    expect(await findStacked("/dev/sdb", blocks)).toEqual([words]);
  });

  it("an array", async () => {
    stack("sdb2", "md127");
    expect(await findStacked("/dev/sdb", blocks)).toEqual(["the RAID md127"]);
  });

  it("but not what lies on a drive whose name only begins the same", async () => {
    put("sdb/size", "8");
    put("sdba/holders/dm-0");
    expect(await findStacked("/dev/sdb", blocks)).toEqual([]);
  });
});

it("says who holds a drive before anything of it is unmounted", async () => {
  stack("sdb2", "md127");
  const mount = {
    id: 1,
    parent: 0,
    source: "/dev/sdb1",
    target: "/mnt",
    targetBytes: "/mnt",
    filesystem: "ext4",
  };
  const mounts = [{ ...mount, devices: ["sdb1"], certainDevices: ["sdb1"], elsewhere: true, isOwn: false }];
  const checked = { path: "/dev/sdb", kind: "device" as const, logicalSectorBytes: 512, mounts };
  await expect(release(checked, 0, () => undefined, blocks)).rejects.toMatchObject({
    code: "DRIVE_BUSY",
    message: "/dev/sdb is in use by the RAID md127.",
  });
});
