import { useState } from "react";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import type { StationDoor } from "#contract/station.ts";
import { Button } from "../../ui/Button.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import styles from "./settings.module.css";

/** Which browsers the station lets in; the window has no such door. */
export function BrowsersPanel({ station }: { station: StationDoor }) {
  const [invitation, setInvitation] = useState<string | null>(null);
  const [error, setError] = useState<ErrorData | null>(null);
  const attempt = (act: Promise<void>) => void act.catch((thrown) => setError(toErrorData(thrown)));

  return (
    <Panel title="Browsers that are let in">
      {error && <ErrorNotice error={error} />}
      {invitation && (
        <p className={styles.note}>
          This lets in one more browser, once: <code>{invitation}</code>
        </p>
      )}
      <div className={styles.acts}>
        <Button onClick={() => attempt(station.invite().then(setInvitation))}>Let in another browser</Button>
        <Button onClick={() => attempt(station.signOutEverywhere())}>Sign out everywhere</Button>
      </div>
      <p className={styles.note}>
        Signing out takes effect at once, in this browser too. Runs go on, and the station prints a new
        address.
      </p>
    </Panel>
  );
}
