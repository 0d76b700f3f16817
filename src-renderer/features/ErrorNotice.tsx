import type { ReactNode } from "react";
import { detailLines, hasOutput } from "#contract/details.ts";
import type { ErrorData } from "#contract/errors.ts";
import { Notice } from "../ui/Notice.tsx";
import styles from "./ErrorNotice.module.css";

/** What happened, then what is safe and what to do; the rest folded away, but for what a program said of it. */
export function ErrorNotice({ error, actions }: { error: ErrorData; actions?: ReactNode }) {
  return (
    <Notice tone="bad" title={error.message} actions={actions}>
      <p>{error.hint}</p>
      <details className={styles.details} open={hasOutput(error)}>
        <summary>Details</summary>
        <pre>{[error.code, ...detailLines(error, { stack: true })].join("\n")}</pre>
      </details>
    </Notice>
  );
}
