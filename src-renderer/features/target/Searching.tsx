import { installationOf, type Run } from "#contract/runs.ts";
import type { Announced } from "#contract/targets.ts";
import { useApp } from "../../stores/use-stores.ts";
import { cut } from "../../ui/format.ts";
import { Waiting } from "../../ui/Meter.tsx";
import { Facts } from "../../ui/Panel.tsx";
import { HostKey } from "../HostKey.tsx";
import { progressOf } from "./progress-of.ts";
import styles from "./target.module.css";

const SHOWN = 8;

/** That it looks, whom it has seen meanwhile, and by what it will know the right one. */
export function Searching({ run }: { run: Run }) {
  const hostKey = useApp((app) => app.devices.find(({ serial }) => serial === run.serial)?.hostKey);
  const progress = progressOf(run);
  const others = progress?.kind === "question" || progress?.kind === "search" ? progress.others : [];
  const address = installationOf(run)?.address?.host;
  return (
    <>
      <Waiting>{address ? `Asking ${cut(address, 80)}…` : "Looking on this network…"}</Waiting>
      <Facts
        facts={[
          { name: "Looks for", value: <code>{run.serial}</code> },
          ...(hostKey ? [{ name: "Host key", value: <HostKey publicKey={hostKey} /> }] : []),
        ]}
      />
      {others.length > 0 && <Others of={others} />}
    </>
  );
}

/** Machines of other sticks, and devices that are installed: so that nobody wonders which one was booted. */
function Others({ of }: { of: Announced[] }) {
  const left = of.length - SHOWN;
  return (
    <div>
      <p className={styles.soft}>Seen meanwhile, and left alone:</p>
      <ul className={styles.others} aria-label="Others on this network">
        {of.slice(0, SHOWN).map(({ name, serial, system, addresses }) => (
          <li key={name}>
            <code>{cut(serial ?? name, 40)}</code>
            <span>{system === "device" ? "installed device" : "another stick’s machine"}</span>
            <span className={styles.where}>{cut(addresses[0]?.host ?? "", 40)}</span>
          </li>
        ))}
      </ul>
      {left > 0 && <p className={styles.soft}>and {left} more</p>}
    </div>
  );
}
