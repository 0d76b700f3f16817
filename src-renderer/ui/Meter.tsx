import styles from "./Meter.module.css";

type MeterProps = {
  label: string;
  /** 0 to 100, or null while nobody can know. */
  percent: number | null;
  /** How a screen reader says it. */
  spoken: string;
  tone?: "running" | "good" | "bad" | "paused";
};

export function Meter({ label, percent, spoken, tone = "running" }: MeterProps) {
  const known = percent === null ? {} : { "aria-valuenow": percent };
  return (
    <div
      className={styles.meter}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={spoken}
      data-tone={tone}
      data-known={percent !== null}
      {...known}
    >
      <span className={styles.fill} style={{ width: `${percent ?? 100}%` }} />
    </div>
  );
}

/** The one number to be read from across the room. */
export function BigPercent({ percent }: { percent: number | null }) {
  return (
    <div className={styles.big} aria-hidden="true">
      {percent ?? "—"}
      {percent !== null && <small>%</small>}
    </div>
  );
}

/** Something takes a while and cannot say how long; the dots stand still where motion is unwanted. */
export function Waiting({ children }: { children: string }) {
  return (
    <p className={styles.waiting} role="status">
      <span className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {children}
    </p>
  );
}
