import type { ReactNode } from "react";
import { CheckIcon, CrossIcon } from "./icons.tsx";
import styles from "./Screen.module.css";

type ScreenProps = {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  /** Bottom bar: back or cancel left, a word about keys, the main act right. */
  left?: ReactNode;
  hint?: ReactNode;
  right?: ReactNode;
  tone?: "good" | "bad" | undefined;
};

/** One question or one process: heading, content that scrolls, and a bar that stays. */
export function Screen({ title, lead, children, left, hint, right, tone }: ScreenProps) {
  return (
    <div className={styles.screen}>
      <div className={styles.scroll}>
        <div className={styles.content}>
          <header className={styles.header} data-tone={tone}>
            <h1>
              {tone === "good" && <CheckIcon size={20} />}
              {tone === "bad" && <CrossIcon size={20} />}
              {title}
            </h1>
            {lead && <p>{lead}</p>}
          </header>
          {children}
        </div>
      </div>
      {(left || hint || right) && (
        <footer className={styles.bar}>
          <div className={styles.left}>{left}</div>
          <div className={styles.hint}>{hint}</div>
          <div className={styles.right}>{right}</div>
        </footer>
      )}
    </div>
  );
}
