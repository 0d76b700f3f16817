import type { PlannedCommand } from "#contract/targets.ts";
import { Panel } from "../../ui/Panel.tsx";
import styles from "./target.module.css";

/** Every command as it will be run, letter by letter. */
export function CommandList({ commands }: { commands: PlannedCommand[] }) {
  return (
    <Panel title="What will be run on the machine, in this order">
      <ol className={styles.commands}>
        {commands.map(({ phase, purpose, command }) => (
          <li key={`${phase} ${purpose} ${command}`}>
            <span>{purpose}</span>
            <pre>{command}</pre>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
