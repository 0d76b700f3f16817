import { portNames } from "#contract/ports.ts";
import { mayResume, type Phase, type Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { formatDuration, formatSpeed, percentOf } from "../../ui/format.ts";
import { Meter } from "../../ui/Meter.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { leftBehind, phaseNames, runStates } from "../words.ts";
import styles from "./batch.module.css";
import type { BatchRow } from "./batch-rows.ts";

type BatchRowsProps = { rows: BatchRow[]; onCancel: (run: Run) => void };

/** A row a card, in the order of the serials. */
export function BatchRows({ rows, onCancel }: BatchRowsProps) {
  const ports = portNames(rows.flatMap(({ run }) => run?.drive ?? []));
  return (
    <ul className={styles.rows} aria-label="Cards">
      {rows.map(({ serial, run }) => (
        <li key={serial} className={styles.row}>
          {run ? (
            <Row run={run} port={ports.get(run.drive.key) ?? null} onCancel={onCancel} />
          ) : (
            <Unseen serial={serial} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Unseen({ serial }: { serial: string }) {
  return (
    <>
      <span className={styles.serial}>{serial}</span>
      <span />
      <StateMark tone="good">Over before this window was opened</StateMark>
    </>
  );
}

type RowProps = { run: Run; port: string | null; onCancel: (run: Run) => void };

function Row({ run, port, onCancel }: RowProps) {
  const { wizard, navigation } = useStores();
  const { serial, drive } = run;
  return (
    <>
      <button
        type="button"
        className={styles.open}
        aria-label={`Show ${serial}`}
        onClick={() => navigation.go({ place: "run", runId: run.id })}
      >
        {serial}
      </button>
      <span className={styles.place} title={drive.port ?? undefined}>
        <span>{port ?? drive.identity.path}</span>
        <small>
          <bdi>{drive.name}</bdi>
        </small>
      </span>
      <State run={run} />
      <span className={styles.act}>
        {run.status.state === "running" && (
          <Button look="quiet" aria-label={`Cancel ${serial}`} onClick={() => onCancel(run)}>
            Cancel
          </Button>
        )}
        {mayResume(run) && (
          <Button look="quiet" aria-label={`Retry ${serial}`} onClick={() => wizard.resume(run)}>
            Retry
          </Button>
        )}
      </span>
    </>
  );
}

function State({ run }: { run: Run }) {
  const { status } = run;
  const { tone, word } = runStates[status.state];
  if (status.state === "running") return <UnderWay run={run} />;
  if (status.state === "failed")
    return (
      <div className={styles.state}>
        <StateMark tone={tone}>{status.error.message}</StateMark>
        <p>{status.error.hint}</p>
      </div>
    );
  const verified = run.phases.find(({ name }) => name === "verify")?.status;
  return (
    <div className={styles.state}>
      <StateMark tone={tone}>
        {word}
        {verified?.state === "done" && ` · ${verified.summary}`}
      </StateMark>
      {"phase" in status && <p>{leftBehind(status.phase, run.medium)}</p>}
    </div>
  );
}

function transferOf(phase: Phase | undefined) {
  const progress = phase?.status.state === "running" ? phase.status.progress : null;
  return progress?.kind === "transfer" ? progress : null;
}

const underWay: Partial<Record<Phase["name"], string>> = { write: "Writing", verify: "Reading back" };

function UnderWay({ run }: { run: Run }) {
  const phase = run.phases.find(({ status }) => status.state === "running");
  const progress = transferOf(phase);
  const what = (phase && underWay[phase.name]) ?? (phase ? phaseNames[phase.name] : "Starting");
  if (!progress)
    return (
      <div className={styles.state}>
        <StateMark tone="running">{phase?.name === "image" ? "Waits for the image" : what}</StateMark>
      </div>
    );
  const percent = percentOf(progress.position, progress.sizeBytes);
  const left = progress.etaSeconds === null ? "" : `${formatDuration(progress.etaSeconds)} left`;
  return (
    <div className={styles.state}>
      <span className={styles.numbers}>
        <StateMark tone="running">
          {what} {percent} %
        </StateMark>
        <span>
          {formatSpeed(progress.speed)}
          {left && ` · ${left}`}
        </span>
      </span>
      <Meter label={`${run.serial}: ${what}`} percent={percent} spoken={`${percent} percent, ${left}`} />
    </div>
  );
}
