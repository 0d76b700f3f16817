import { useMemo } from "react";
import type { Device } from "#contract/devices.ts";
import { useApp } from "../../stores/use-stores.ts";
import { Panel, Tag } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { deviceStates } from "../words.ts";
import styles from "./DeviceStep.module.css";

const SHOWN = 40;

/** The last changed of them, the newest first; without putting all of them in order. */
function newest(devices: Device[], count: number): Device[] {
  const kept: Device[] = [];
  for (const device of devices) {
    const oldest = kept.at(-1);
    if (kept.length === count && oldest && device.updatedAt <= oldest.updatedAt) continue;
    const place = kept.findIndex(({ updatedAt }) => updatedAt < device.updatedAt);
    kept.splice(place < 0 ? kept.length : place, 0, device);
    if (kept.length > count) kept.pop();
  }
  return kept;
}

/** The devices whose serial or role contains what was typed, the last changed first. */
function matching(devices: Device[], filter: string): Device[] {
  const wanted = filter.toLowerCase();
  const isWanted = ({ serial, role }: Device) => `${serial} ${role ?? ""}`.toLowerCase().includes(wanted);
  const some = devices.filter(isWanted);
  return newest(some.length > 0 ? some : devices, SHOWN);
}

export function KnownDevices({ filter, onPick }: { filter: string; onPick: (serial: string) => void }) {
  const devices = useApp((app) => app.devices);
  const shown = useMemo(() => matching(devices, filter), [devices, filter]);
  return (
    <Panel title="Known devices" aside={devices.length}>
      {devices.length === 0 && <p className={styles.soft}>None yet. The first one begins with its serial.</p>}
      <ul className={styles.rows}>
        {shown.map((device) => (
          <li key={device.serial}>
            <button type="button" className={styles.row} onClick={() => onPick(device.serial)}>
              <span className={styles.mono}>{device.serial}</span>
              <span className={styles.soft}>{device.role ?? "no role yet"}</span>
              {device.practice && <Tag>practice</Tag>}
              <span className={styles.end}>
                <StateMark tone={deviceStates[device.status.state].tone}>
                  {deviceStates[device.status.state].word}
                </StateMark>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
