import { useRef, useState } from "react";
import type { AppState } from "#contract/api.ts";
import type { Host } from "#contract/catalog.ts";
import { firstFree } from "#contract/serials.ts";
import type { DraftAt } from "../../stores/draft.ts";
import { useApp, useStores, useWizard } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import styles from "./DeviceStep.module.css";
import { KnownDevices } from "./KnownDevices.tsx";
import { MachinesUnderWay } from "./MachinesUnderWay.tsx";
import { StepForm } from "./StepForm.tsx";
import { UnfinishedRuns } from "./UnfinishedRuns.tsx";
import { useTypingInto } from "./use-typing-into.ts";

/** Nothing can begin by the hosts and roles that are shown: they stand in for those of a flake that cannot be read. */
const lacksCatalog = ({ problems }: AppState) => problems.some(({ code }) => code === "CATALOG_UNREADABLE");

export function DeviceStep({ draft }: { draft: DraftAt<"device"> }) {
  const { wizard } = useStores();
  const act = useWizard((view) => view.act);
  const [text, setText] = useState(draft.suggestion);
  const input = useRef<HTMLInputElement>(null);
  useTypingInto(input);
  const isFailed = act.state === "failed";
  const isBlocked = useApp(lacksCatalog);
  // Read from the field itself: a scanner's Enter may come before the last letter was drawn.
  const identify = () => void wizard.identify(input.current?.value.trim() ?? "");

  return (
    <StepForm onMainAct={identify}>
      <Screen
        title="Which device is this?"
        lead="Scan the label, type the serial, or take a device from the list."
        hint={
          <>
            Scan, or <Key>Enter</Key> continues
          </>
        }
        right={
          <Button
            type="submit"
            look="main"
            disabled={text.trim() === "" || act.state === "busy" || isBlocked}
          >
            Use this device
          </Button>
        }
      >
        <Problems />
        <OtherCatalog />
        <KeptAnswers />
        <div>
          <label className="visually-hidden" htmlFor="serial">
            Device serial
          </label>
          <input
            ref={input}
            id="serial"
            className={styles.serial}
            value={text}
            placeholder="FLOPPY-RPI-00001"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={200}
            aria-invalid={isFailed}
            aria-describedby={isFailed ? "serial-error" : undefined}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        {act.state === "failed" && (
          <div id="serial-error">
            <ErrorNotice error={act.error} />
          </div>
        )}
        <MachinesUnderWay />
        <UnfinishedRuns />
        <Columns ratio="even">
          <KnownDevices filter={text.trim()} onPick={(serial) => void wizard.identify(serial)} />
          <NewDevices
            onPick={(serial) => {
              setText(serial);
              input.current?.focus();
            }}
          />
        </Columns>
      </Screen>
    </StepForm>
  );
}

/** What is amiss with this bench, before anybody starts to work on it. */
function Problems() {
  const { navigation } = useStores();
  const problems = useApp((app) => app.problems);
  return problems.map((problem) => (
    <ErrorNotice
      key={problem.message}
      error={problem}
      actions={
        <Button look="quiet" onClick={() => navigation.go({ place: "settings" })}>
          Open Settings
        </Button>
      }
    />
  ));
}

/** The flake that was set in Settings is not the one whose hosts and roles are shown. */
function OtherCatalog() {
  const source = useApp((app) => app.catalogSource);
  const flake = useApp((app) => app.settings.flake);
  const isTold = useApp(lacksCatalog);
  if (source.kind !== "bundled" || flake === null || isTold) return null;
  return (
    <Notice tone="look" title="Hosts and roles are those that come with Floppy.">
      <p>{source.reason}</p>
    </Notice>
  );
}

const imageOrigins = {
  build: "built from the flake",
  download: "from the same download",
  file: "from the same file",
  practice: "with the practice image",
} as const;

/** Tells what the next device takes over, so that nobody is surprised at the drive step. */
function KeptAnswers() {
  const kept = useWizard((view) => view.kept);
  if (!kept) return null;
  return (
    <p className={styles.kept}>
      As before: <strong>{kept.role}</strong> on {kept.host}, {imageOrigins[kept.image.choice.kind]}. You can
      change it on the left.
    </p>
  );
}

function NewDevices({ onPick }: { onPick: (serial: string) => void }) {
  const hosts = useApp((app) => app.catalog.hosts);
  const devices = useApp((app) => app.devices);
  return (
    <Panel title="Next free serial">
      <ul className={styles.rows}>
        {hosts.map((host: Host) => {
          const serial = firstFree(host.prefix, devices);
          return (
            <li key={host.name}>
              <button type="button" className={styles.row} onClick={() => onPick(serial)}>
                <span className={styles.mono}>{serial}</span>
                <span className={styles.soft}>{host.label}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
