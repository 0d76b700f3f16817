import { useApp, useStores } from "../../stores/use-stores.ts";
import { Panel } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { machinesUnderWay, runWord } from "../target/run-word.ts";
import styles from "./DeviceStep.module.css";

/** Machines that are booted and installed while the next stick is made: those first that wait for a person. */
export function MachinesUnderWay() {
  const { navigation } = useStores();
  const machines = machinesUnderWay(useApp((app) => app.runs));
  if (machines.length === 0) return null;
  return (
    <Panel title="Machines under way" aside={machines.length}>
      <ul className={styles.rows} aria-label="Machines under way">
        {machines.map((run) => {
          const { tone, word } = runWord(run);
          return (
            <li key={run.id}>
              <button
                type="button"
                className={styles.row}
                onClick={() => navigation.go({ place: "run", runId: run.id })}
              >
                <span className={styles.mono}>{run.serial}</span>
                <span className={styles.soft}>{run.target}</span>
                <span className={styles.end}>
                  <StateMark tone={tone}>{word}</StateMark>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
