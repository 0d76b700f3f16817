import { useEffect } from "react";
import type { Device } from "#contract/devices.ts";
import type { Run } from "#contract/runs.ts";
import { useDevice, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { formatDay } from "../../ui/format.ts";
import { Waiting } from "../../ui/Meter.tsx";
import { Columns, Facts, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { HostKey } from "../HostKey.tsx";
import { RunLog } from "../run/RunLog.tsx";
import { useKey } from "../use-key.ts";
import { deviceStates, driveWords, runStates } from "../words.ts";
import styles from "./devices.module.css";
import { RemoveDevice } from "./RemoveDevice.tsx";

export function DeviceScreen({ serial }: { serial: string }) {
  const { device, navigation, wizard } = useStores();
  const shown = useDevice((view) => view.shown);
  const toList = () => navigation.go({ place: "devices" });
  useEffect(() => void device.show(serial), [device, serial]);
  useKey("Escape", toList);

  return (
    <Screen
      title={serial}
      left={<Button onClick={toList}>All devices</Button>}
      right={
        <Button
          look="main"
          onClick={() => {
            navigation.go({ place: "wizard" });
            void wizard.switchTo(serial);
          }}
        >
          Flash this device
        </Button>
      }
    >
      {shown.state === "loading" && <Waiting>Reading its runs…</Waiting>}
      {shown.state === "failed" && <ErrorNotice error={shown.error} />}
      {shown.state === "ready" && (
        <Columns>
          <Panel title="Runs" aside={shown.value.runs.length}>
            <Runs runs={shown.value.runs} />
          </Panel>
          <div className={styles.side}>
            <DeviceFacts device={shown.value.device} />
            <RemoveDevice device={shown.value.device} runs={shown.value.runs.length} />
          </div>
        </Columns>
      )}
    </Screen>
  );
}

function DeviceFacts({ device }: { device: Device }) {
  const state = deviceStates[device.status.state];
  return (
    <Panel>
      <Facts
        facts={[
          { name: "Status", value: <StateMark tone={state.tone}>{state.word}</StateMark> },
          { name: "Hostname", value: <code>{device.hostname}</code> },
          { name: "Host", value: device.host },
          { name: "Role", value: device.role ?? "none yet" },
          { name: "Host key", value: device.hostKey ? <HostKey publicKey={device.hostKey} /> : "none yet" },
          ...(device.practice ? [{ name: "Medium", value: "practice drives only, so far" }] : []),
          { name: "Added", value: formatDay(device.createdAt) },
        ]}
      />
      {device.status.state === "failed" && <ErrorNotice error={device.status.error} />}
    </Panel>
  );
}

function Runs({ runs }: { runs: Run[] }) {
  const { device, runs: runsStore } = useStores();
  const openRun = useDevice((view) => view.openRun);
  if (runs.length === 0) return <p className={styles.none}>No medium was written for it yet.</p>;
  const newestFirst = runs.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt));
  return (
    <ul className={styles.runs}>
      {newestFirst.map((run) => {
        const state = runStates[run.status.state];
        const isOpen = openRun === run.id;
        return (
          <li key={run.id}>
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => {
                device.unfold(isOpen ? null : run.id);
                if (!isOpen) void runsStore.openLog(run.id);
              }}
            >
              <span className={styles.when}>{formatDay(run.startedAt)}</span>
              <span>
                {run.target} on {driveWords(run.drive)}
              </span>
              <StateMark tone={state.tone}>{state.word}</StateMark>
            </button>
            {isOpen && <RunLog runId={run.id} />}
          </li>
        );
      })}
    </ul>
  );
}
