import { useEffect, useRef } from "react";
import { carriesIdentity } from "#contract/identity.ts";
import { type DraftAt, isForPractice } from "../../stores/draft.ts";
import { useApp, useStores, useWizard } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { formatMedium, plural } from "../../ui/format.ts";
import { HoldButton } from "../../ui/HoldButton.tsx";
import { Names } from "../../ui/Names.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Columns, Facts, Lines, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { SegmentBar } from "../../ui/SegmentBar.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { mediumOf } from "../shell/rail-steps.ts";
import { useKey } from "../use-key.ts";
import { imageWords } from "../words.ts";
import { lastBuilt, segmentsAfter, segmentsNow } from "./confirm-segments.ts";
import styles from "./wizard.module.css";

export function ConfirmStep({ draft }: { draft: DraftAt<"confirm"> }) {
  const { wizard } = useStores();
  const act = useWizard((view) => view.act);
  const { drive, device, role, image } = draft;
  const target = `${device.host}-${role}`;
  const built = useApp((app) => lastBuilt(app.runs, target));
  const hold = useRef<HTMLDivElement>(null);
  useKey("Escape", wizard.back);
  useEffect(() => hold.current?.querySelector("button")?.focus(), []);
  const size = formatMedium(drive.identity.sizeBytes);
  const isNewBuild = image.choice.kind === "build" && draft.purpose.kind === "new";
  const awaited = image.choice.kind === "download" ? "download" : "build";
  const medium = useApp((app) => mediumOf(app.catalog, device.host));
  const known = image.inspection ?? (isNewBuild ? built : null);
  const after = segmentsAfter(drive, known, awaited, medium);
  const busy = act.state === "busy";

  return (
    <Screen
      title={`Erase ${drive.name}, ${size}?`}
      lead={`${imageWords(image.choice, target)} for ${device.serial} replaces everything on it. Floppy checks once more that it is this very drive when it writes.`}
      left={
        <Button onClick={wizard.back} disabled={busy}>
          Back
        </Button>
      }
      hint={
        <>
          Hold the button or <Key>Enter</Key> for one second
        </>
      }
      right={
        <div ref={hold}>
          <HoldButton disabled={busy} onHeld={() => void wizard.start()}>
            {busy ? "Starting…" : "Erase and flash"}
          </HoldButton>
        </div>
      }
    >
      {act.state === "failed" && <ErrorNotice error={act.error} />}
      <Columns>
        <div className={styles.sheets}>
          <Panel title="Now: will be lost" aside={size}>
            <SegmentBar label="What is on the drive now and will be lost" segments={segmentsNow(drive)} />
          </Panel>
          <Panel title="After" aside={size}>
            <SegmentBar label="What will be on the drive" segments={after.segments} />
            {!after.toScale && (
              <p className={styles.note}>Not to scale: its size is known after the {awaited}.</p>
            )}
            {after.toScale && isNewBuild && (
              <p className={styles.note}>As large as the last build of {target}; this one may differ.</p>
            )}
          </Panel>
        </div>
        <Panel title="This drive">
          <WhatIsWritten draft={draft} />
          <MountedNotice draft={draft} />
        </Panel>
      </Columns>
    </Screen>
  );
}

function WhatIsWritten({ draft }: { draft: DraftAt<"confirm"> }) {
  const settings = useApp((app) => app.settings);
  const { drive, image, device } = draft;
  const medium = useApp((app) => mediumOf(app.catalog, device.host));
  const takesIdentity = medium === "stick" || carriesIdentity(medium, image.inspection);
  const keys = settings.authorizedKeys.length;
  const identity = ["new host key", medium === "stick" ? "this run’s key" : plural(keys, "SSH key")];
  if (settings.wifi) identity.push(`Wi-Fi “${settings.wifi.ssid}”`);
  return (
    <>
      <Facts
        facts={[
          { name: "Drive", value: drive.name, detail: drive.identity.path },
          { name: "Size", value: formatMedium(drive.identity.sizeBytes) },
          { name: "Serial", value: <code>{drive.identity.serial ?? "none reported"}</code> },
          ...(drive.port ? [{ name: "Port", value: <code>{drive.port}</code> }] : []),
          { name: "Becomes", value: <code>{device.serial}</code>, detail: device.hostname },
          { name: "Identity", value: takesIdentity ? <Lines of={identity} /> : "none on this medium" },
        ]}
      />
      {medium === "card" && takesIdentity && keys === 0 && !isForPractice(image) && (
        <Notice tone="look" title="No SSH key is set.">
          <p>Nobody can log in to this device over SSH. Add one in Settings.</p>
        </Notice>
      )}
    </>
  );
}

function MountedNotice({ draft }: { draft: DraftAt<"confirm"> }) {
  const mounts = draft.drive.volumes.flatMap((volume) => volume.mountpoints);
  if (mounts.length === 0) return null;
  return (
    <Notice tone="look" title="This drive is in use.">
      <p>
        Mounted at <Names of={mounts} />. Floppy unmounts it first.
      </p>
    </Notice>
  );
}
