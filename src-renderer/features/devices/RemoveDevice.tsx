import { useState } from "react";
import { runOfDevice } from "#contract/claims.ts";
import type { Device } from "#contract/devices.ts";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { plural } from "../../ui/format.ts";
import { HoldButton } from "../../ui/HoldButton.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import styles from "./devices.module.css";

/** Takes the device out of the inventory, by a deliberate act. */
export function RemoveDevice({ device, runs }: { device: Device; runs: number }) {
  const { app, navigation } = useStores();
  const [error, setError] = useState<ErrorData | null>(null);
  const busy = useApp((view) => runOfDevice(view.runs, device.serial) !== null);
  const remove = () =>
    app.removeDevice(device.serial).then(
      () => navigation.go({ place: "devices" }),
      (thrown) => setError(toErrorData(thrown)),
    );
  const history = runs > 0 ? ` with the history of its ${plural(runs, "run")}` : "";
  return (
    <Panel title="Remove from the inventory">
      <p className={styles.none}>
        {busy
          ? "A run of it is under way. Wait for it, or cancel it first."
          : `Floppy forgets it${history}. The device, and every medium that was written, stay as they are. Hold the button for one second.`}
      </p>
      {error && <ErrorNotice error={error} />}
      <HoldButton disabled={busy} onHeld={() => void remove()}>
        Remove device
      </HoldButton>
    </Panel>
  );
}
