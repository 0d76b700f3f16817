import { readFileSync } from "node:fs";
import { attend, benchAt } from "./floppy.ts";
import { restoreTarget } from "./target.ts";

const { snap, folder, runId } = JSON.parse(readFileSync("/tmp/snap.json", "utf8"));
const t0 = Date.now();
const lap = (w: string) => console.log(((Date.now() - t0) / 1000).toFixed(1), w);
const bench = benchAt(folder, runId);
const target = await restoreTarget(snap);
lap("restored");
const opened = await bench.open();
let last = "";
opened.floppy.subscribe((n) => {
  if (n.event === "run") {
    const p = n.payload.phases.find((x) => x.status.state === "running");
    const s = `${n.payload.status.state} ${p?.name} ${p?.status.state === "running" ? (p.status.progress?.kind ?? "") : ""}`;
    if (s !== last) {
      last = s;
      lap(s);
    }
  }
  if (n.event === "log")
    for (const l of n.payload.lines) console.log("   ", l.phase, l.level, l.text.slice(0, 200));
});
attend(opened, target, "D-0001");
try {
  await opened.floppy.handlers["runs.follow"]({ runId: bench.runId, phases: null });
  const run = await opened.ended();
  lap(JSON.stringify(run.status));
  console.log(JSON.stringify(run.installation?.address));
  if (run.status.state === "failed") {
    const { createRemote } = await import("#adapters/ssh/remote.ts");
    const { createVault } = await import("#adapters/vault.ts");
    const k = await createVault({ folder: opened.dataFolder + "/secrets" }).load(runId);
    const se = await createRemote().connect(
      { host: "127.0.0.1", port: target.sshPort() },
      { hostKey: k!.hostKey.publicKey, privateKey: k!.runKey.privateKey, user: "root" },
      new AbortController().signal,
    );
    const r = await se.run(
      {
        argv: [
          "sh",
          "-c",
          process.env.DBG ??
            "udevadm info --query=property /dev/disk/by-id/ata-Lab_Disk_D-0001-part1; lsblk -o NAME,PARTLABEL,FSTYPE,LABEL; udevadm settle; echo settled $?; lsblk -o NAME,PARTLABEL,FSTYPE,LABEL; blkid; ls -la /run/udev/data | head -50; cat /run/udev/data/b8:1",
        ],
        timeoutMs: 60000,
      },
      new AbortController().signal,
    );
    console.log(r.stdout, r.stderr);
  }
} finally {
  console.log((await target.console()).slice(-2500));
  await opened.close();
  await target.stop();
}
