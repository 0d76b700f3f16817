import type { Device } from "#contract/devices.ts";
import { useApp } from "../../stores/use-stores.ts";
import { Panel, Tag } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { deviceStates } from "../words.ts";
import styles from "./DeviceStep.module.css";

const SHOWN = 40;

/** The devices whose serial or role contains what was typed, the last changed first. */
function matching(devices: Device[], filter: string): Device[] {
  const wanted = filter.toLowerCase();
  const isWanted = ({ serial, role }: Device) => `${serial} ${role ?? ""}`.toLowerCase().includes(wanted);
  const some = devices.filter(isWanted);
  return (some.length > 0 ? some : devices)
    .toSorted((one, other) => other.updatedAt.localeCompare(one.updatedAt))
    .slice(0, SHOWN);
}

export function KnownDevices({ filter, onPick }: { filter: string; onPick: (serial: string) => void }) {
  const devices = useApp((app) => app.devices);
  return (
    <Panel title="Known devices" aside={devices.length}>
      {devices.length === 0 && <p className={styles.soft}>None yet. The first one begins with its serial.</p>}
      <ul className={styles.rows}>
        {matching(devices, filter).map((device) => (
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
