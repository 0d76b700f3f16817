import type { Run } from "#contract/runs.ts";
import { cut } from "../../ui/format.ts";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { AddressForm } from "./AddressForm.tsx";
import { newest } from "./attempts.ts";
import boot from "./boot.module.css";
import { progressOf } from "./progress-of.ts";
import { Searching } from "./Searching.tsx";
import { Troubles } from "./Troubles.tsx";
import styles from "./target.module.css";

/** What is tried to reach the machine, and with what result. */
export function ReachScreen({ run }: { run: Run }) {
  const progress = progressOf(run);
  const attempts = progress?.kind === "search" ? newest(progress.attempts) : [];
  return (
    <Columns ratio="even">
      <div className={boot.sheets}>
        <Panel title="Floppy looks for it by itself">
          <Searching run={run} />
        </Panel>
        {attempts.length > 0 && (
          <Panel title="Tried so far">
            <ul className={styles.attempts} aria-label="Tried so far">
              {attempts.map(({ address, outcome }) => (
                <li key={`${address} ${outcome}`}>
                  <code>{cut(address, 60)}</code>
                  <span>{cut(outcome, 200)}</span>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
      <div className={boot.sheets}>
        <Panel title="It shows another address?">
          <AddressForm run={run} />
          <p className={styles.soft}>
            Floppy logs in only where the host key is the one on the stick, and offers only this run’s key. A
            machine that is still starting answers after a minute or two.
          </p>
        </Panel>
        <Panel title="And if it does not?">
          <Troubles />
        </Panel>
      </div>
    </Columns>
  );
}
