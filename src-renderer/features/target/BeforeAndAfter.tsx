import type { ReactNode } from "react";
import type { InstallPlan } from "#contract/targets.ts";
import { formatMedium } from "../../ui/format.ts";
import { Panel } from "../../ui/Panel.tsx";
import { SegmentBar } from "../../ui/SegmentBar.tsx";
import styles from "./disk.module.css";
import { segmentsOfDisk, segmentsOfLayout } from "./disk-segments.ts";

/** The chosen disk as it is and as it will be, both to scale. */
export function BeforeAndAfter({ plan, aside }: { plan: InstallPlan; aside: ReactNode }) {
  const { disk, layout } = plan;
  const subvolumes = layout.partitions.flatMap(({ mounts }) => mounts.filter(({ subvolume }) => subvolume));
  return (
    <div className={styles.sheets}>
      <Panel title="Now: will be lost" aside={formatMedium(disk.identity.sizeBytes)}>
        <SegmentBar label="What is on the disk now and will be lost" segments={segmentsOfDisk(disk)} />
      </Panel>
      <Panel title={`After: ${layout.table.toUpperCase()}`} aside={aside}>
        <SegmentBar label="What will be on the disk" segments={segmentsOfLayout(layout, disk)} />
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Subvolume</th>
              <th scope="col">Mounted at</th>
            </tr>
          </thead>
          <tbody>
            {subvolumes.map(({ subvolume, mountPoint }) => (
              <tr key={mountPoint}>
                <td>{subvolume}</td>
                <td>{mountPoint}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}
