import { useEffect, useRef } from "react";
import { isTargetPhase, phaseName } from "#contract/runs.ts";
import type { PlannedCommand } from "#contract/targets.ts";
import { Panel } from "../../ui/Panel.tsx";
import { phaseNames } from "../words.ts";
import styles from "./disk.module.css";

function phaseWords(phase: string): string {
  const { data } = phaseName.safeParse(phase);
  return data && isTargetPhase(data) ? phaseNames[data] : phase;
}

/** Every command as it will be run, letter by letter. */
export function CommandList({ id, commands }: { id: string; commands: PlannedCommand[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => void box.current?.scrollIntoView({ block: "start" }), []);
  const phases = [...new Set(commands.map(({ phase }) => phase))];
  return (
    <div id={id} ref={box}>
      <Panel title="What will be run on the machine, in this order" aside={commands.length}>
        {phases.map((phase) => (
          <section key={phase} className={styles.phase} aria-label={phaseWords(phase)}>
            <h3>{phaseWords(phase)}</h3>
            <ol className={styles.commands}>
              {commands
                .filter((command) => command.phase === phase)
                .map(({ purpose, command }) => (
                  <li key={`${purpose} ${command}`}>
                    <span>{purpose}</span>
                    <pre>{command}</pre>
                  </li>
                ))}
            </ol>
          </section>
        ))}
      </Panel>
    </div>
  );
}
