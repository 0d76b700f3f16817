import { useEffect } from "react";
import type { CarriedIdentity } from "#contract/identity.ts";
import type { Run } from "#contract/runs.ts";
import { useRuns, useStores } from "../../stores/use-stores.ts";
import { Waiting } from "../../ui/Meter.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Facts, Panel } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { HostKey } from "../HostKey.tsx";

/** What a run's drive says of itself, read from the drive. */
export function Carried({ run }: { run: Run }) {
  const { runs } = useStores();
  const carried = useRuns((view) => view.carried[run.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one look at the drive of a run that is over.
  useEffect(() => void runs.readCarried(run), [runs, run.id]);
  if (carried?.state === "failed")
    return (
      <Notice tone="look" title="The drive was not read back once more.">
        <p>{carried.error.message}</p>
      </Notice>
    );
  if (carried?.state !== "ready")
    return (
      <Panel title="What it carries">
        <Waiting>Reading it from the drive…</Waiting>
      </Panel>
    );
  const isThisRuns = carried.value?.runId === run.id;
  const mark = isThisRuns ? (
    <StateMark tone="good">Read from the drive</StateMark>
  ) : (
    <StateMark tone="look">Not this run’s any more</StateMark>
  );
  return (
    <Panel title="What it carries" aside={mark}>
      {carried.value ? <CarriedFacts carried={carried.value} /> : <p>The drive carries no identity.</p>}
    </Panel>
  );
}

function CarriedFacts({ carried }: { carried: CarriedIdentity }) {
  const { serial, hostname, role, hostKey } = carried;
  return (
    <Facts
      facts={[
        { name: "Serial", value: <code>{serial}</code> },
        { name: "Hostname", value: <code>{hostname}</code> },
        { name: "Role", value: role },
        { name: "Host key", value: hostKey ? <HostKey publicKey={hostKey} /> : "none" },
      ]}
    />
  );
}
