import { expect, it } from "vitest";
import { agreementOf } from "#core/drives/agreement.ts";

const drive = {
  path: "/dev/sdb",
  byId: null,
  serial: "4C530001",
  wwn: null,
  model: "SanDisk Ultra",
  sizeBytes: 32e9,
  diskSequence: 7,
};

it("says what is done to which drive, as a person knows it", () => {
  expect(agreementOf({ job: "restore", drive, label: "CARD" })).toEqual([
    "erase /dev/sdb, SanDisk Ultra, 32 GB, serial 4C530001",
  ]);
});

it.each([
  ["a quick test", { job: "test", mode: "quick", journalFolder: "/j" } as const, "test"],
  ["a full test", { job: "test", mode: "full", journalFolder: "/j" } as const, "erase"],
  ["saving", { job: "save", path: "/a.img", part: "all", replace: false } as const, "read"],
  ["a look at the identity", { job: "identity" } as const, "read"],
])("calls %s what it does to the drive", (_, job, word) => {
  expect(agreementOf({ ...job, drive })[0]?.split(" ")[0]).toBe(word);
});

it("takes nothing of what a drive says for markup, a line or a variable", () => {
  const model = "<b>Disk</b>\n$(user) \u001b[2J";
  expect(agreementOf({ job: "identity", drive: { ...drive, model } })).toEqual([
    "read /dev/sdb, _b_Disk_/b____user_ __2J, 32 GB, serial 4C530001",
  ]);
});
