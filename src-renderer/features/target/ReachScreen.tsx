import type { PhaseProgress, Run } from "#contract/runs.ts";
import { Waiting } from "../../ui/Meter.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { AddressForm } from "./AddressForm.tsx";
import { Others } from "./Others.tsx";
import { progressOf } from "./progress-of.ts";
import styles from "./target.module.css";

type Attempts = Extract<PhaseProgress, { kind: "search" }>["attempts"];

/** Each address and outcome once: a machine that starts says the same for minutes. */
function newest(attempts: Attempts): Attempts {
  return [...new Map(attempts.map((one) => [`${one.address} ${one.outcome}`, one])).values()];
}

/** What is tried to reach the machine, and with what result. */
export function ReachScreen({ run }: { run: Run }) {
  const progress = progressOf(run);
  const attempts = progress?.kind === "search" ? newest(progress.attempts) : [];
  return (
    <Columns ratio="even">
      <Panel title="Trying">
        <Waiting>
          {run.installation?.address
            ? `Asking ${run.installation.address.host}…`
            : "Looking on this network…"}
        </Waiting>
        <ul className={styles.attempts}>
          {attempts.map(({ address, outcome }) => (
            <li key={`${address} ${outcome}`}>
              <code>{address}</code>
              <span>{outcome}</span>
            </li>
          ))}
        </ul>
        <p className={styles.soft}>
          Floppy logs in only where the host key is the one on the stick. A machine that is still starting
          answers after a minute or two.
        </p>
      </Panel>
      <Panel title="It shows another address?">
        <AddressForm run={run} />
        {progress?.kind === "search" && <Others of={progress.others} />}
      </Panel>
    </Columns>
  );
}
