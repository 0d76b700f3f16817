import { useEffect } from "react";
import type { PreflightCheck } from "#contract/images.ts";
import { useApp, useImage, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Waiting } from "../../ui/Meter.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Facts, Panel } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import styles from "./ImageStep.module.css";

export function BuildPanel({ host, role }: { host: string; role: string }) {
  const { image } = useStores();
  const preflight = useImage((view) => view.preflight);
  const flake = useApp((app) => app.settings.flake);
  const system = useApp((app) => app.catalog.hosts.find((candidate) => candidate.name === host)?.system);
  const check = () => void image.check(host, role);
  useEffect(() => void image.check(host, role), [image, host, role]);
  const again = (
    <Button look="quiet" onClick={check}>
      Check again
    </Button>
  );

  return (
    <>
      <Panel>
        <Facts
          facts={[
            { name: "Target", value: <strong className={styles.target}>{`${host}-${role}`}</strong> },
            { name: "System", value: <code>{system}</code> },
            { name: "Flake", value: flake ? <code>{flake}</code> : "the one that comes with Floppy" },
          ]}
        />
      </Panel>
      <Panel title="Can this machine build it?" aside={preflight.state === "ready" && again}>
        {preflight.state === "loading" && <Waiting>Checking…</Waiting>}
        {preflight.state === "failed" && <ErrorNotice error={preflight.error} actions={again} />}
        {preflight.state === "ready" && (
          <ul className={styles.checks}>
            {preflight.value.checks.map((one) => (
              <CheckLine key={one.name} check={one} />
            ))}
          </ul>
        )}
      </Panel>
      {preflight.state === "ready" && !preflight.value.ready && (
        <Notice tone="look" title="This machine cannot build the image yet.">
          <p>Mend what is marked above and check again, use a local file, or practise first.</p>
        </Notice>
      )}
    </>
  );
}

function CheckLine({ check }: { check: PreflightCheck }) {
  return (
    <li>
      <StateMark tone={check.ok ? "good" : "bad"}>{check.name}</StateMark>
      <span className={styles.found}>
        {check.found}
        {check.fix && <span className={styles.fix}>{check.fix}</span>}
      </span>
    </li>
  );
}
