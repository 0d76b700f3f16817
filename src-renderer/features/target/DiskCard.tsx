import type { TargetDisk } from "#contract/targets.ts";
import { Tag } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { contentWords, diskSize } from "./disk-segments.ts";
import styles from "./target.module.css";

export function DiskCard({ disk }: { disk: TargetDisk }) {
  const { identity, name, refusal } = disk;
  const facts = [identity.path.replace("/dev/", ""), identity.serial].filter(Boolean);
  return (
    <span className={styles.disk}>
      <span className={styles.head}>
        <strong>
          <bdi>{name}</bdi>, {diskSize(disk)}
        </strong>
        <Tag>
          <bdi>{contentWords(disk)}</bdi>
        </Tag>
      </span>
      <span className={styles.facts}>{facts.join(" · ")}</span>
      {refusal !== null && <StateMark tone="none">{refusal}</StateMark>}
    </span>
  );
}
