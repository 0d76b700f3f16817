import { useEffect } from "react";
import { useRuns, useStores } from "../../stores/use-stores.ts";
import styles from "./run.module.css";

const SHOWN = 5;

/** The last lines of a build: enough to see that it lives. */
export function BuildLog({ runId }: { runId: string }) {
  const { runs } = useStores();
  const log = useRuns((view) => view.logs[runId]);
  useEffect(() => void runs.openLog(runId), [runs, runId]);
  const lines = log?.state === "ready" ? log.lines.slice(-SHOWN) : [];
  return <pre className={styles.tail}>{lines.map((line) => line.text).join("\n") || " "}</pre>;
}
