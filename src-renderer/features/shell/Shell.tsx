import type { Connection } from "../../stores/app-store.ts";
import { useApp, usePlace, useStores } from "../../stores/use-stores.ts";
import { Notice } from "../../ui/Notice.tsx";
import { BatchScreen } from "../batch/BatchScreen.tsx";
import { DeviceScreen } from "../devices/DeviceScreen.tsx";
import { DevicesScreen } from "../devices/DevicesScreen.tsx";
import { RunScreen } from "../run/RunScreen.tsx";
import { SettingsScreen } from "../settings/SettingsScreen.tsx";
import { useScanner } from "../use-scanner.ts";
import { useTheme } from "../use-theme.ts";
import { Wizard } from "../wizard/Wizard.tsx";
import { Rail } from "./Rail.tsx";
import styles from "./Shell.module.css";

export function Shell({ connection }: { connection: Connection }) {
  const { wizard, target } = useStores();
  useTheme(useApp((app) => app.settings.theme));
  // A label names a device, the code on a machine’s screen says where that machine is.
  useScanner((text) => void (target.scanned(text) ?? wizard.scanned(text)));
  return (
    <div className={styles.shell}>
      <Rail />
      <main className={styles.main}>
        {connection === "lost" && (
          <div className={styles.banner}>
            <Notice tone="bad" title="Floppy’s station stopped answering.">
              <p>
                If only the connection broke, the run goes on, and this page reconnects by itself. If the
                station was stopped, its run stopped with it: start it again, open its new address, and
                resume.
              </p>
            </Notice>
          </div>
        )}
        <div className={styles.place}>
          <CurrentPlace />
        </div>
      </main>
    </div>
  );
}

function CurrentPlace() {
  const place = usePlace();
  switch (place.place) {
    case "wizard":
      return <Wizard />;
    case "run":
      return <RunScreen key={place.runId} runId={place.runId} />;
    case "batch":
      return <BatchScreen key={place.batchId} batchId={place.batchId} />;
    case "devices":
      return <DevicesScreen />;
    case "device":
      return <DeviceScreen key={place.serial} serial={place.serial} />;
    case "settings":
      return <SettingsScreen />;
  }
}
