import type { BuildProgress } from "#contract/images.ts";
import type { PhaseName, PhaseProgress as Progress, Run, TransferProgress } from "#contract/runs.ts";
import { isTransferPhase, noSamples } from "../../stores/speed-samples.ts";
import { useRuns } from "../../stores/use-stores.ts";
import { cut, formatBytes, formatDuration, formatPart, formatSpeed, percentOf } from "../../ui/format.ts";
import { BigPercent, Meter, Waiting } from "../../ui/Meter.tsx";
import { SpeedGraph } from "../../ui/SpeedGraph.tsx";
import { BuildLog } from "./BuildLog.tsx";
import { BuildTime } from "./BuildTime.tsx";
import styles from "./run.module.css";

/** How far the running phase is. */
export function PhaseProgress({ run }: { run: Run }) {
  const running = run.phases.find((phase) => phase.status.state === "running");
  if (running?.status.state !== "running") return <Waiting>Going on to the next phase…</Waiting>;
  const { progress, startedAt } = running.status;
  if (progress === null) {
    return (
      <>
        <Waiting>{starting[running.name]}</Waiting>
        {running.name === "image" && (
          <p className={styles.under}>
            <BuildTime runId={run.id} startedAt={startedAt} />
          </p>
        )}
      </>
    );
  }
  switch (progress.kind) {
    case "build":
      return <Building runId={run.id} progress={progress} startedAt={startedAt} />;
    case "transfer":
      return <Transferring runId={run.id} phase={running.name} progress={progress} />;
    case "arrival":
      return (
        <Waiting>{`Waiting for the download: ${formatPart(progress.position, progress.sizeBytes)}…`}</Waiting>
      );
    case "commands":
      return <Commands progress={progress} />;
    case "search":
    case "question":
      return <Waiting>{starting[running.name]}</Waiting>;
  }
}

const starting: Record<PhaseName, string> = {
  image: "Getting the image ready…",
  write: "Opening the drive… The system may ask for your password.",
  verify: "Beginning to read it back…",
  boot: "Waiting for the machine to start from the stick…",
  reach: "Looking for the machine…",
  plan: "Asking the machine what it is made of…",
  partition: "Looking at the disk once more…",
  mount: "Mounting…",
  configure: "Copying…",
  install: "Looking what is there already…",
  check: "Reading back what was installed…",
  reboot: "Unmounting…",
  confirm: "Waiting for the device to come up from its own disk…",
};

/** What happens to the bytes that are counted. */
function verbOf(phase: PhaseName): string {
  switch (phase) {
    case "image":
      return "downloaded";
    case "write":
      return "written";
    case "verify":
      return "read back";
    case "install":
      return "pushed";
    default:
      return "read";
  }
}

/** One command after the other, with the machine's own last word. */
function Commands({ progress }: { progress: Extract<Progress, { kind: "commands" }> }) {
  const { done, total, purpose, said } = progress;
  const percent = total > 1 ? percentOf(done, total) : null;
  return (
    <>
      <div className={styles.top}>
        <p className={styles.purpose}>{cut(purpose, 160)}</p>
        {total > 1 && (
          <p className={styles.speed}>
            {Math.min(done + 1, total)} of {total}
          </p>
        )}
      </div>
      <Meter label={purpose} percent={percent} spoken={purpose} />
      <pre className={styles.said}>{cut(said ?? "", 400) || " "}</pre>
    </>
  );
}

type TransferringProps = { runId: string; phase: PhaseName; progress: TransferProgress };

function Transferring({ runId, phase, progress }: TransferringProps) {
  const samples = useRuns((view) => view.samples[runId]) ?? noSamples;
  const percent = percentOf(progress.position, progress.sizeBytes);
  const left = progress.etaSeconds === null ? "" : `${formatDuration(progress.etaSeconds)} left`;
  const average = `average ${formatSpeed(progress.averageSpeed)}`;
  return (
    <>
      <div className={styles.top}>
        <BigPercent percent={percent} />
        <p className={styles.speed}>
          {formatSpeed(progress.speed)}
          <small>{average}</small>
        </p>
      </div>
      <Meter label={`Bytes ${verbOf(phase)}`} percent={percent} spoken={`${percent} percent, ${left}`} />
      <p className={styles.under}>
        <span>
          {formatPart(progress.position, progress.sizeBytes)} {verbOf(phase)}
        </span>
        <span>{left}</span>
      </p>
      {isTransferPhase(phase) && (
        <SpeedGraph
          caption={`Speed while it is ${verbOf(phase)}, ${average}`}
          format={(value) => `${value} MiB/s`}
          points={samples[phase].map(({ at, speed }) => ({ at, value: speed / 1024 ** 2 }))}
        />
      )}
    </>
  );
}

const stages: Record<BuildProgress["stage"], string> = {
  evaluating: "Evaluating the flake",
  building: "Building and fetching",
  inspecting: "Reading the image through",
};

type BuildingProps = { runId: string; progress: BuildProgress; startedAt: string };

function Building({ runId, progress, startedAt }: BuildingProps) {
  const { doneItems, expectedItems, doneBytes, expectedBytes, current, stage } = progress;
  const isCounted = stage === "building" && expectedItems > 0;
  const percent = isCounted
    ? percentOf(doneItems, expectedItems)
    : expectedBytes > 0
      ? percentOf(doneBytes, expectedBytes)
      : null;
  return (
    <>
      <div className={styles.top}>
        <BigPercent percent={percent} />
        <p className={styles.speed}>
          {isCounted ? `${doneItems} of ${expectedItems}` : "…"}
          <small>{stages[stage]}</small>
        </p>
      </div>
      <Meter
        label={stages[stage]}
        percent={percent}
        spoken={percent === null ? stages[stage] : `${percent} percent`}
      />
      <p className={styles.under}>
        <span>
          {expectedBytes > 0 ? `${formatPart(doneBytes, expectedBytes)} fetched` : formatBytes(doneBytes)}
        </span>
        <span className={styles.current}>{current ?? ""}</span>
      </p>
      <p className={styles.under}>
        <BuildTime runId={runId} startedAt={startedAt} />
      </p>
      <BuildLog runId={runId} />
    </>
  );
}
