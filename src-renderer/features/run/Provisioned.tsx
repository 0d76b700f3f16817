import type { ReactNode } from "react";
import { installationOf, type PhaseName, type Run } from "#contract/runs.ts";
import { useApp } from "../../stores/use-stores.ts";
import { cut } from "../../ui/format.ts";
import { CheckIcon } from "../../ui/icons.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { HostKey } from "../HostKey.tsx";
import styles from "./run.module.css";

function useDevice(run: Run) {
  const device = useApp((app) => app.devices.find(({ serial }) => serial === run.serial));
  return { hostname: device?.hostname ?? run.serial.toLowerCase(), hostKey: device?.hostKey ?? null };
}

/** What a phase that is done found out. */
function summaryOf(run: Run, wanted: PhaseName): string {
  const status = run.phases.find(({ name }) => name === wanted)?.status;
  return status?.state === "done" ? cut(status.summary, 120) : "not looked at";
}

/** What was compared with what was meant, each with what it was. */
export function Checked({ run }: { run: Run }) {
  const { hostKey } = useDevice(run);
  const system = installationOf(run)?.system?.storePath.replace("/nix/store/", "") ?? "";
  const checks: { name: string; found: ReactNode }[] = [
    { name: "Runs the closure", found: <code>{cut(system, 90)}</code> },
    { name: "Host key", found: hostKey ? <HostKey publicKey={hostKey} /> : summaryOf(run, "reach") },
    { name: "Disk layout", found: `${summaryOf(run, "partition")}, ${summaryOf(run, "mount")}` },
    { name: "Before the reboot", found: summaryOf(run, "check") },
    { name: "After the reboot", found: summaryOf(run, "confirm") },
  ];
  return (
    <Panel title="What was checked" aside={<StateMark tone="good">All as meant</StateMark>}>
      <ul className={styles.checked}>
        {checks.map(({ name, found }) => (
          <li key={name}>
            <CheckIcon size={14} />
            <span>{name}</span>
            <span>{found}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function Handover({ run }: { run: Run }) {
  const { hostname } = useDevice(run);
  const address = installationOf(run)?.address?.host;
  return (
    <Panel title="What now">
      <ol className={styles.next}>
        <li>Take the stick out. Its keys are worth nothing any more; it can be written again.</li>
        <li>
          The device answers SSH at <code>{hostname}.local</code>
          {address && (
            <>
              {" "}
              and now at <code>{cut(address, 60)}</code>
            </>
          )}
        </li>
        <li>Put its label on, and take the next one.</li>
      </ol>
    </Panel>
  );
}
