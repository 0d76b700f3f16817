import type { TargetDisk } from "#contract/targets.ts";
import { cut, formatMedium } from "../../ui/format.ts";
import { Tag } from "../../ui/Panel.tsx";
import styles from "./disk.module.css";
import { contentWords, erasureWord } from "./disk-segments.ts";

/** A disk of the machine as its maker printed it; all of it is the machine's own word. */
export function DiskCard({ disk }: { disk: TargetDisk }) {
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
        {cut(identity.path.replace("/dev/", ""), 40)} · <Serial disk={disk} />
      </span>
      {refusal !== null && <span className={styles.refusal}>{cut(refusal, 120)}</span>}
    </span>
  );
}

/** Its last four stand out: that is what is typed to agree. */
function Serial({ disk }: { disk: TargetDisk }) {
  const serial = cut(disk.identity.serial ?? "", 60);
  const word = disk.refusal === null ? erasureWord(disk) : null;
  if (serial === "") return "no serial";
  if (word === null || !serial.endsWith(word)) return <bdi>{serial}</bdi>;
  return (
    <bdi>
      {serial.slice(0, -word.length)}
      <b>{word}</b>
    </bdi>
  );
}
