import type { ReactNode } from "react";
import { CrossIcon, DotIcon, LookIcon } from "./icons.tsx";
import styles from "./Notice.module.css";

type NoticeProps = {
  tone: "look" | "bad" | "running";
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
};

const shapes = { look: LookIcon, bad: CrossIcon, running: DotIcon } as const;

/** Something to know before going on. What is lost or failed interrupts a screen reader, the rest waits. */
export function Notice({ tone, title, children, actions }: NoticeProps) {
  const Shape = shapes[tone];
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <span className={styles.shape}>
        <Shape size={18} />
      </span>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children && <div className={styles.more}>{children}</div>}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
