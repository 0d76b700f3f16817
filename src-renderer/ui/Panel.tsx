import type { ReactNode } from "react";
import styles from "./Panel.module.css";

/** A sheet on the bench; its title, if any, is a real heading. */
export function Panel({
  title,
  aside,
  children,
}: {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles.panel}>
      {title && (
        <div className={styles.head}>
          <h2>{title}</h2>
          {aside && (
            <div className={styles.aside} data-number={typeof aside !== "object"}>
              {aside}
            </div>
          )}
        </div>
      )}
      {children}
    </section>
  );
}

/** Two sheets beside each other, the first the wider one; below each other where it is narrow. */
export function Columns({ children, ratio = "wide" }: { children: ReactNode; ratio?: "wide" | "even" }) {
  return (
    <div className={styles.columns} data-ratio={ratio}>
      {children}
    </div>
  );
}

export function Tag({ children }: { children: ReactNode }) {
  return <span className={styles.tag}>{children}</span>;
}

export type Fact = { name: string; value: ReactNode; detail?: string };

/** Names and values; details in mono below the value, a line each. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ name, value, detail }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {detail && <span className={styles.detail}>{detail}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Several values of one name, each on its own line. */
export function Lines({ of }: { of: string[] }) {
  return of.map((line) => <div key={line}>{line}</div>);
}
