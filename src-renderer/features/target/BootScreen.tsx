import type { Run } from "#contract/runs.ts";
import { useApp } from "../../stores/use-stores.ts";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { AddressForm } from "./AddressForm.tsx";
import { BootPicture } from "./BootPicture.tsx";
import { bootKeysFor } from "./boot-keys.ts";
import { Others } from "./Others.tsx";
import { progressOf } from "./progress-of.ts";
import styles from "./target.module.css";

/** How a machine is started from the stick, and what to do when it does not. */
export function BootScreen({ run }: { run: Run }) {
  const host = useApp((app) => app.catalog.hosts.find(({ name }) => name === run.host));
  const keys = bootKeysFor(`${run.host} ${host?.label ?? ""}`);
  const [own] = keys;
  const progress = progressOf(run);
  return (
    <Columns ratio="even">
      <Panel title="What to do">
        <BootPicture bootKey={own?.key ?? "F12"} serial={run.serial} />
        <ol className={styles.steps}>
          <li>Put the stick into the machine, and a network cable.</li>
          <li>
            Switch it on and press <kbd>{own?.key}</kbd> ({own?.maker}) for the boot menu.
          </li>
          <li>Choose the stick, the entry with “UEFI” where there are two.</li>
          <li>After a minute its screen shows {run.serial}, an address and a code.</li>
        </ol>
      </Panel>
      <div className={styles.sheets}>
        <Panel title="Floppy looks for it by itself">
          <p className={styles.soft}>It goes on as soon as the machine announces itself on this network.</p>
          {progress?.kind === "question" && <Others of={progress.others} />}
          <AddressForm run={run} />
        </Panel>
        <Panel title="The key for the boot menu">
          <ul className={styles.keys}>
            {keys.map(({ maker, key }) => (
              <li key={maker}>
                {maker} <kbd>{key}</kbd>
              </li>
            ))}
          </ul>
          <Troubles />
        </Panel>
      </div>
    </Columns>
  );
}

function Troubles() {
  return (
    <div className={styles.troubles}>
      <details>
        <summary>It starts Windows, or whatever was on it</summary>
        <p>Switch it off, hold the key before you switch it on, and choose the stick in the menu.</p>
      </details>
      <details>
        <summary>It does not list the stick, or refuses it</summary>
        <p>Turn off Secure Boot in its firmware’s setup, and turn on booting from USB. Try another port.</p>
      </details>
      <details>
        <summary>The screen stays black</summary>
        <p>
          Choose the stick again and wait two minutes. Some machines need “UEFI” turned on, legacy turned off.
        </p>
      </details>
      <details>
        <summary>Its screen shows no address</summary>
        <p>Plug in a network cable. Over Wi-Fi it takes the network that is set in Settings.</p>
      </details>
    </div>
  );
}
