import { readFileSync } from "node:fs";
import { createRandom } from "../../support/random.ts";
import { readers } from "./devices.ts";
import { startGuest } from "./guest.ts";
import { createHands, makeMedium } from "./media.ts";

let t = Date.now();
const lap = (w: string) => {
  console.log(w, (Date.now() - t) / 1000);
  t = Date.now();
};
const g = await startGuest("virtio");
lap("guest");
const h = createHands(g.monitor);
const r = createRandom(1);
for (const one of readers) await h.plugReader(one);
const mk = (n: string, s = 16) => makeMedium("/tmp", n, s * 1024 ** 2, r);
const [m0, m1, m2, m3, m4, m5, m6, m7] = [
  await mk("a0"),
  await mk("a1"),
  await mk("a2"),
  await mk("a3"),
  await mk("a4"),
  await mk("a5"),
  await mk("a6"),
  await mk("a7"),
];
await h.insert("slot0", m0);
await h.insert("slot1", m1);
await h.insert("slot2", m2);
await h.insert("sd", m3);
await h.plug(m4, 1, null);
await h.plug(m5, 2, "AA00001234");
await h.plugFilledReader("two", 5, [m6, m7]);
lap("inserted");
console.log(
  (
    await g.run(
      "echo 1 > /sys/bus/pci/rescan; sleep 6; lsblk -o NAME,SIZE,RM,TRAN,SERIAL; ls /dev/disk/by-id; ls /dev/disk/by-path; dmesg | tail -15; for i in 1 2 3; do grep mmc /proc/interrupts; sleep 1; done",
    )
  ).stdout,
);
lap("look");
await h.takeOut("slot1", m1);
await h.insert("slot1", await mk("a8", 24));
await h.takeOut("slot2", m2);
await h.insert("slot2", await mk("a9", 24));
console.log(
  (
    await g.run(
      "sleep 4; for d in sda sdb sdc sdd sde sdf; do echo $d; cat /sys/block/$d/{diskseq,size}; done",
    )
  ).stdout,
);
lap("look");
const cpu = () => {
  const f = readFileSync(`/proc/${g.pid}/stat`, "utf8").split(" ");
  return (Number(f[13]) + Number(f[14])) / 100;
};
for (const c of [
  "true",
  "/opt/floppy/node_modules/node/bin/node -e 0",
  "floppy drives --json",
  "floppy drives --json",
]) {
  const a = cpu();
  const x = await g.run(c);
  lap(`${c} cpu ${(cpu() - a).toFixed(1)} ${x.exitCode}`);
  if (c.startsWith("floppy")) console.log(x.stdout.slice(0, 3000));
}
await g.stop();
lap("stop");
