import { useEffect, useRef } from "react";
import { portNames } from "#contract/ports.ts";
import type { DraftAt } from "../../stores/draft.ts";
import { useApp, useStores, useWizard } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { formatMedium, plural } from "../../ui/format.ts";
import { HoldButton } from "../../ui/HoldButton.tsx";
import { Names } from "../../ui/Names.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { useKey } from "../use-key.ts";
import { Content } from "../wizard/DriveCard.tsx";
import { imageWords } from "../words.ts";
import styles from "./batch.module.css";

/** One deliberate act for all cards, with each of them and its serial in sight. */
export function ConfirmBatchStep({ draft }: { draft: DraftAt<"confirmBatch"> }) {
  const { wizard } = useStores();
  const act = useWizard((view) => view.act);
  const hold = useRef<HTMLDivElement>(null);
  useKey("Escape", wizard.back);
  useEffect(() => hold.current?.querySelector("button")?.focus(), []);
  const { pairs, image, device, role } = draft;
  const cards = plural(pairs.length, "card");
  const busy = act.state === "busy";

  return (
    <Screen
      title={pairs.length === 1 ? "Erase this card?" : `Erase these ${cards}?`}
      lead={`${imageWords(image.choice, `${device.host}-${role}`)} replaces everything on ${pairs.length === 1 ? "it" : "them"}. Each card gets its own serial and host key.`}
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
          <HoldButton disabled={busy} onHeld={() => void wizard.startBatch()}>
            {busy ? "Starting…" : `Erase and flash ${cards}`}
          </HoldButton>
        </div>
      }
    >
      {act.state === "failed" && <ErrorNotice error={act.error} />}
      <Notices draft={draft} />
      <Panel>
        <Pairs draft={draft} />
      </Panel>
    </Screen>
  );
}

function Pairs({ draft: { pairs } }: { draft: DraftAt<"confirmBatch"> }) {
  const ports = portNames(pairs.map(({ drive }) => drive));
  return (
    <table className={styles.pairs}>
      <thead>
        <tr>
          <th scope="col">Becomes</th>
          <th scope="col">Port</th>
          <th scope="col">Card</th>
          <th scope="col">Will be lost</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ serial, drive }) => (
          <tr key={drive.key}>
            <th scope="row" className={styles.serial}>
              {serial}
            </th>
            <td title={drive.port ?? undefined}>{ports.get(drive.key) ?? "–"}</td>
            <td>
              <bdi>{drive.name}</bdi>, {formatMedium(drive.identity.sizeBytes)}
              <small>{[drive.identity.path, drive.identity.serial].filter(Boolean).join(" · ")}</small>
            </td>
            <td className={drive.volumes.length > 0 ? styles.lost : undefined}>
              {drive.volumes.length > 0 ? <Content volumes={drive.volumes} /> : "no known data"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Notices({ draft: { pairs } }: { draft: DraftAt<"confirmBatch"> }) {
  const keys = useApp((app) => app.settings.authorizedKeys.length);
  const ports = portNames(pairs.map(({ drive }) => drive));
  const mounted = pairs.filter(({ drive }) => drive.volumes.some((volume) => volume.mountpoints.length > 0));
  return (
    <>
      {keys === 0 && (
        <Notice tone="look" title="No SSH key is set.">
          <p>Nobody can log in to these devices over SSH. Add one in Settings.</p>
        </Notice>
      )}
      {mounted.length > 0 && (
        <Notice tone="look" title={`${plural(mounted.length, "card is", "cards are")} in use.`}>
          <p>
            Mounted: <Names of={mounted.map(({ drive }) => ports.get(drive.key) ?? drive.identity.path)} />.
            Floppy unmounts first.
          </p>
        </Notice>
      )}
    </>
  );
}
