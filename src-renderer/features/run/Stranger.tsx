import type { ErrorData } from "#contract/errors.ts";
import { cut } from "../../ui/format.ts";
import { Columns, Panel } from "../../ui/Panel.tsx";
import styles from "./run.module.css";

const text = (value: unknown, none: string): string => (typeof value === "string" ? cut(value, 120) : none);

/** Another machine answered: both keys below each other, what that means, and what to do. */
export function Stranger({ error }: { error: ErrorData }) {
  const { expected, found, address } = error.details;
  return (
    <Columns ratio="even">
      <Panel title="Two host keys that should be one">
        <dl className={styles.keys}>
          <div>
            <dt>Floppy put on this stick</dt>
            <dd>{text(expected, "not known")}</dd>
          </div>
          <div>
            <dt>Answered at {text(address, "that address")}</dt>
            <dd>{text(found, "a key of another kind")}</dd>
          </div>
        </dl>
      </Panel>
      <Panel title="What it means, and what to do">
        <p>
          No two machines have the same host key. Who answered is another machine, or somebody between you and
          yours. Floppy told it nothing: no key, no password, no system.
        </p>
        <ol className={styles.next}>
          <li>Read the fingerprint on the screen of the machine that you booted.</li>
          <li>
            Is it the first one? Then the address was another’s. Look again, and give the address beside it.
          </li>
          <li>Is it the second one? Then it was booted from another stick. Boot it from this one.</li>
          <li>Is it neither? Do not go on. Tell whoever looks after this network.</li>
        </ol>
      </Panel>
    </Columns>
  );
}
