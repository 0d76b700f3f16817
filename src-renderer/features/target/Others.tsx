import type { Announced } from "#contract/targets.ts";
import styles from "./target.module.css";

/** Machines of other runs, and devices that are installed: so that nobody wonders which one was booted. */
export function Others({ of }: { of: Announced[] }) {
  if (of.length === 0) return null;
  return (
    <ul className={styles.others} aria-label="Others on this network">
      {of.map(({ name, serial, system, addresses }) => (
        <li key={name}>
          <code>{serial ?? name}</code>
          <span>{system === "device" ? "installed device" : "another stick’s machine"}</span>
          <span className={styles.soft}>{addresses[0]?.host ?? ""}</span>
        </li>
      ))}
    </ul>
  );
}
