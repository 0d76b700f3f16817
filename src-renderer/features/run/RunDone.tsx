import { useState } from "react";
import { carriesIdentity } from "#contract/identity.ts";
import type { Run } from "#contract/runs.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { Columns, Facts, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { HostKey } from "../HostKey.tsx";
import { useEnterAnywhere } from "../use-key.ts";
import { Carried } from "./Carried.tsx";
import { PhaseChips } from "./PhaseChips.tsx";
import { Checked, Handover } from "./Provisioned.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunLog } from "./RunLog.tsx";
import styles from "./run.module.css";
import type { LogSwitch } from "./run-act.tsx";

export function RunDone({ run, log }: { run: Run; log: LogSwitch }) {
  const { wizard, navigation } = useStores();
  const next = () => wizard.nextDevice(run);
  const isInstalled = run.kind === "install";
  // A log that was open all along must not push the good news out of sight.
  const [wasOpen] = useState(log.isOpen);
  useEnterAnywhere(next);
  return (
    <Screen
      tone="good"
      title={isInstalled ? `${run.serial} is provisioned` : `${run.serial} is ready`}
      lead={leadOf(run)}
      left={
        <Button onClick={() => navigation.go({ place: "device", serial: run.serial })}>
          Show the device
        </Button>
      }
      hint={
        <>
          Scan the next label, or <Key>Enter</Key>
        </>
      }
      right={
        <>
          <Button onClick={log.toggle} aria-expanded={log.isOpen} shortcut="L">
            {log.isOpen ? "Hide log" : "Show log"}
          </Button>
          <Button look="main" autoFocus onClick={next}>
            Next device
          </Button>
        </>
      }
    >
      <Columns>
        <div className={styles.sheets}>
          {isInstalled ? <Checked run={run} /> : <Identity run={run} />}
          {isInstalled ? <Handover run={run} /> : <WhatNow run={run} />}
          {!isInstalled && <PhaseChips run={run} />}
        </div>
        <Panel>
          <RunFacts run={run} />
        </Panel>
      </Columns>
      {log.isOpen && <RunLog runId={run.id} reveal={!wasOpen} />}
    </Screen>
  );
}

function leadOf({ kind, medium, drive }: Run): string {
  if (kind === "install")
    return "It runs the system that was built, from its own disk, and says that all is as it should be.";
  const verified = `Every byte of the ${medium} was read back and is right.`;
  return drive.kind === "practice"
    ? `${verified} No real drive was touched.`
    : `${verified} You can take it out.`;
}

const takesIdentity = (run: Run) => carriesIdentity(run.medium, run.image);

function useHostname(run: Run): string {
  const device = useApp((app) => app.devices.find((candidate) => candidate.serial === run.serial));
  return device?.hostname ?? run.serial.toLowerCase();
}

function Identity({ run }: { run: Run }) {
  return run.drive.kind === "practice" ? <Carried run={run} /> : <Recorded run={run} />;
}

/** As the inventory has it: nobody is asked for a password only to look at a card once more. */
function Recorded({ run }: { run: Run }) {
  const device = useApp((app) => app.devices.find((candidate) => candidate.serial === run.serial));
  const hostname = useHostname(run);
  const none = "none: the image takes no identity";
  return (
    <Panel title="What it carries" aside={<StateMark tone="good">Verified</StateMark>}>
      <Facts
        facts={[
          { name: "Hostname", value: takesIdentity(run) ? <code>{hostname}</code> : none },
          { name: "Role", value: run.role },
          { name: "Host key", value: device?.hostKey ? <HostKey publicKey={device.hostKey} /> : none },
        ]}
      />
    </Panel>
  );
}

function WhatNow({ run }: { run: Run }) {
  const hostname = useHostname(run);
  const host = useApp((app) => app.catalog.hosts.find((candidate) => candidate.name === run.host));
  if (run.drive.kind === "practice") {
    return (
      <Panel title="What now">
        <p>
          {run.medium === "card"
            ? `This was practice. A real card would now go into the ${host?.label ?? run.host}.`
            : `A practice stick ends here. From a real one, the ${host?.label ?? run.host} would start now, and be installed.`}
        </p>
      </Panel>
    );
  }
  return (
    <Panel title="What now">
      <ol className={styles.next}>
        <li>Put the card into the {host?.label ?? run.host}.</li>
        <li>Connect it to the network and power it on.</li>
        {takesIdentity(run) && (
          <li>
            After a minute or two it answers SSH at <code>{hostname}.local</code>
          </li>
        )}
      </ol>
    </Panel>
  );
}
