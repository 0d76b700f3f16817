import { useLayoutEffect, useRef } from "react";
import styles from "./LogView.module.css";

export type ShownLine = {
  id: number;
  at: string;
  phase: string | null;
  level: "info" | "warning" | "error";
  text: string;
};

/** Nix begins its errors with the word already. */
const isUnsaid = ({ level, text }: ShownLine) =>
  level !== "info" && !text.toLowerCase().startsWith(`${level}:`);

/** Lines as they were written; follows the newest unless the person scrolled up to read. */
export function LogView({ lines, label, reveal }: { lines: ShownLine[]; label: string; reveal: boolean }) {
  const box = useRef<HTMLElement>(null);
  const following = useRef(true);

  useLayoutEffect(() => {
    if (lines.length > 0 && following.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);

  useLayoutEffect(() => {
    if (reveal) box.current?.scrollIntoView({ block: "nearest" });
  }, [reveal]);

  function noteScroll() {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    following.current = scrollHeight - scrollTop - clientHeight < 24;
  }

  return (
    <section ref={box} className={styles.log} aria-label={label} onScroll={noteScroll}>
      {lines.length === 0 && <p className={styles.empty}>No lines yet.</p>}
      {lines.map((line) => (
        <p key={line.id} data-level={line.level}>
          <span className={styles.time}>{line.at}</span>
          <span className={styles.phase}>{line.phase ?? ""}</span>
          <span>
            {isUnsaid(line) && <strong>{line.level}: </strong>}
            {line.text}
          </span>
        </p>
      ))}
    </section>
  );
}
