import type { Run } from "#contract/runs.ts";
import { useApp } from "../../stores/use-stores.ts";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { AddressForm } from "./AddressForm.tsx";
import { KeyPicture, PlugPicture, ScreenPicture } from "./BootPictures.tsx";
import styles from "./boot.module.css";
import { bootKeyOf, bootKeys } from "./boot-keys.ts";
import { Searching } from "./Searching.tsx";
import { Troubles } from "./Troubles.tsx";

/** How a machine is started from the stick, and what to do when it does not. */
export function BootScreen({ run }: { run: Run }) {
  return (
    <>
      <Steps run={run} />
      <Columns ratio="even">
        <div className={styles.sheets}>
          <Panel title="Floppy looks for it by itself">
            <Searching run={run} />
          </Panel>
          <Panel title="It shows an address, and nothing happens here?">
            <AddressForm run={run} />
          </Panel>
        </div>
        <div className={styles.sheets}>
          <Panel title="And if it does not?">
            <Troubles />
          </Panel>
          <Panel title="The boot menu’s key of other makers">
            <ul className={styles.keys}>
              {bootKeys.map(({ maker, key, act }) => (
                <li key={maker}>
                  {maker} <kbd>{act === "hold" ? `hold ${key}` : key}</kbd>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
      </Columns>
    </>
  );
}

function Steps({ run }: { run: Run }) {
  const host = useApp((app) => app.catalog.hosts.find(({ name }) => name === run.host));
  const bootKey = bootKeyOf(`${run.host} ${host?.label ?? ""}`);
  return (
    <ol className={styles.steps}>
      <li>
        <PlugPicture />
        <p>
          <strong>Put the stick in,</strong> and a network cable. Have it on mains.
        </p>
      </li>
      <li>
        <KeyPicture bootKey={bootKey} />
        <p>
          <strong>
            Switch it on and {bootKey.act} <kbd>{bootKey.key}</kbd>
          </strong>{" "}
          ({bootKey.maker}). In its boot menu take the stick, “UEFI” where it is there twice.
        </p>
      </li>
      <li>
        <ScreenPicture serial={run.serial} />
        <p>
          <strong>After a minute or two it shows this,</strong> and this screen goes on by itself.
        </p>
      </li>
    </ol>
  );
}
