import { erasureWord } from "#contract/erasure-word.ts";
import type { TargetDisk } from "#contract/targets.ts";
import { cut, formatMedium } from "../../ui/format.ts";
import { Tag } from "../../ui/Panel.tsx";
import styles from "./disk.module.css";
import { contentWords } from "./disk-segments.ts";

/** A disk of the machine as its maker printed it; all of it is the machine's own word. */
export function DiskCard({ disk, disks }: { disk: TargetDisk; disks: TargetDisk[] }) {
  const { identity, name, refusal } = disk;
  return (
    <span className={styles.disk}>
      <span className={styles.head}>
        <strong>
          <bdi>{cut(name, 60)}</bdi>, {formatMedium(identity.sizeBytes)}
        </strong>
        <Tag>
          <bdi>{contentWords(disk)}</bdi>
        </Tag>
      </span>
      <span className={styles.facts}>
        {cut(identity.path.replace("/dev/", ""), 40)} · <Serial disk={disk} disks={disks} />
      </span>
      {refusal !== null && <span className={styles.refusal}>{cut(refusal, 120)}</span>}
    </span>
  );
}

/** Its end stands out: that is what is typed to agree. */
function Serial({ disk, disks }: { disk: TargetDisk; disks: TargetDisk[] }) {
  const serial = cut(disk.identity.serial ?? "", 60);
  const { word, of } = erasureWord(disk, disks);
  if (serial === "") return "no serial";
  if (disk.refusal !== null || of === "name" || !serial.endsWith(word)) return <bdi>{serial}</bdi>;
  return (
    <bdi>
      {serial.slice(0, -word.length)}
      <b>{word}</b>
    </bdi>
  );
}
