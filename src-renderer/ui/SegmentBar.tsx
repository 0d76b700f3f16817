import styles from "./SegmentBar.module.css";

export type Segment = {
  id: string;
  label: string;
  detail: string;
  bytes: number;
  look: "lost" | "new" | "free";
};

/** What lies on a medium, drawn to scale; the words stand below, since a small part has no room for them. */
export function SegmentBar({ label, segments }: { label: string; segments: Segment[] }) {
  const total = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return (
    <figure aria-label={label}>
      <div className={styles.bar} aria-hidden="true">
        {segments.map((segment) => (
          <span
            key={segment.id}
            className={styles.segment}
            data-look={segment.look}
            style={{ flexGrow: Math.max(segment.bytes / total, 0.004) }}
          >
            {segment.bytes / total > 0.18 && <span className={styles.inside}>{segment.label}</span>}
          </span>
        ))}
      </div>
      <ul className={styles.legend}>
        {segments.map((segment) => (
          <li key={segment.id}>
            <span className={styles.swatch} data-look={segment.look} />
            <span>{segment.label}</span>
            <span className={styles.detail}>{segment.detail}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
