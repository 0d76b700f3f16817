import { useState } from "react";
import type { Device } from "#contract/devices.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { TextField } from "../../ui/Field.tsx";
import { formatDay, plural } from "../../ui/format.ts";
import { Tag } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { deviceStates } from "../words.ts";
import styles from "./devices.module.css";

function matches(device: Device, filter: string): boolean {
  const { serial, role, host, status, practice } = device;
  return [serial, role, host, deviceStates[status.state].word, practice ? "practice" : ""]
    .join(" ")
    .toLowerCase()
    .includes(filter);
}

function countWords(devices: Device[]): string {
  const practice = devices.filter((device) => device.practice).length;
  const real = `${plural(devices.length - practice, "device")} in the inventory`;
  return practice > 0 ? `${real}, and ${practice} for practice only.` : `${real}.`;
}

export function DevicesScreen() {
  const devices = useApp((app) => app.devices);
  const [filter, setFilter] = useState("");
  const shown = devices
    .filter((device) => matches(device, filter.trim().toLowerCase()))
    .toSorted((one, other) => one.serial.localeCompare(other.serial));
  if (devices.length === 0) {
    return (
      <Screen title="Devices">
        <p className={styles.none}>No devices yet. The first run adds one.</p>
      </Screen>
    );
  }
  return (
    <Screen title="Devices" lead={countWords(devices)}>
      <TextField
        label="Find"
        placeholder="serial, role, host or status"
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Serial</th>
            <th scope="col">Host</th>
            <th scope="col">Role</th>
            <th scope="col">Status</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((device) => (
            <DeviceRow key={device.serial} device={device} />
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p className={styles.none}>No device matches.</p>}
    </Screen>
  );
}

function DeviceRow({ device }: { device: Device }) {
  const { navigation } = useStores();
  const state = deviceStates[device.status.state];
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          className={styles.serial}
          onClick={() => navigation.go({ place: "device", serial: device.serial })}
        >
          {device.serial}
        </button>
        {device.practice && <Tag>practice</Tag>}
      </th>
      <td>{device.host}</td>
      <td>{device.role ?? "—"}</td>
      <td>
        <StateMark tone={state.tone}>{state.word}</StateMark>
      </td>
      <td className={styles.when}>{formatDay(device.updatedAt)}</td>
    </tr>
  );
}
