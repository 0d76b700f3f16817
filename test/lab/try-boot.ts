import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyDisk, usedDisk } from "./bench.ts";
import { createFloppyBench } from "./floppy.ts";
import { startTarget } from "./target.ts";

const bench = await createFloppyBench();
const disk = await usedDisk(join(bench.folder, "disk.img"), 8);
const other = await emptyDisk(join(bench.folder, "other.img"), 6);
const target = await startTarget({
  stick: bench.stick,
  disks: [
    { path: disk, bus: "ahci", serial: "D-0001", model: "Lab Disk" },
    { path: other, bus: "ahci", serial: "D-0002", model: "Other Disk" },
  ],
});
await target.waitFor(/Reached target.*multi-user/);
await new Promise((r) => setTimeout(r, 3000));
const snap = await target.save();
writeFileSync("/tmp/snap.json", JSON.stringify({ snap, folder: bench.folder, runId: bench.runId }));
process.exit(0);
