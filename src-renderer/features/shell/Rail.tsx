import type { ReactNode } from "react";
import type { Run } from "#contract/runs.ts";
import type { Place, Work } from "../../stores/navigation-store.ts";
import { useApp, usePlace, useStores, useWizard, useWork } from "../../stores/use-stores.ts";
import { plural } from "../../ui/format.ts";
import { Brand, CheckIcon, CrossIcon, PauseIcon } from "../../ui/icons.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { BatchesUnderWay } from "../batch/BatchesUnderWay.tsx";
import { batchRail } from "../batch/batch-rail.ts";
import { runWord } from "../target/run-word.ts";
import styles from "./Rail.module.css";
import { draftRail, type RailStep, type RailSubject, runRail } from "./rail-steps.ts";

/** The same in every screen: the work at hand, where it stands, what else is under way. */
export function Rail() {
  const place = usePlace();
  const work = useWork();
  const catalog = useApp((app) => app.catalog);
  const runs = useApp((app) => app.runs);
  const draft = useWizard((view) => view.draft);
  const shown = work.place === "run" ? runs.find((run) => run.id === work.runId) : undefined;
  const isAway = place.place !== work.place;
  const batch = work.place === "batch" ? batchRail(runs, work.batchId, catalog) : null;
  const { subject, steps } = batch ?? (shown ? runRail(shown, catalog) : draftRail(draft, catalog, isAway));
  return (
    <aside className={styles.rail} aria-label="Where the work stands">
      <div className={styles.brand}>
        <Brand />
        Floppy
      </div>
      <div className={styles.work}>
        <Subject subject={subject} wayBack={isAway ? work : null} />
        {steps.length > 0 && (
          <ol className={styles.steps}>
            {steps.map((step, index) => (
              <StepLine key={step.label} step={step} number={index + 1} />
            ))}
          </ol>
        )}
        <UnderWay shownRun={shown} shownBatch={work.place === "batch" ? work.batchId : null} />
      </div>
      <Links place={place} />
    </aside>
  );
}

type SubjectProps = { subject: RailSubject | null; wayBack: Work | null };

function Subject({ subject, wayBack }: SubjectProps) {
  const { navigation } = useStores();
  const words = (
    <>
      <strong>{subject?.serial ?? "No device yet"}</strong>
      <span>{subject?.about ?? "Scan its label to begin"}</span>
    </>
  );
  if (!subject || !wayBack)
    return (
      <div className={styles.subject} data-empty={subject === null}>
        {words}
      </div>
    );
  return (
    <button type="button" className={styles.subject} onClick={() => navigation.go(wayBack)}>
      {words}
      <span className={styles.wayBack}>Back to it</span>
    </button>
  );
}

function mark(step: RailStep, number: number): ReactNode {
  if (step.state === "done") return <CheckIcon size={13} />;
  if (step.state === "failed") return <CrossIcon size={13} />;
  if (step.state === "stopped") return <PauseIcon size={13} />;
  return number;
}

function StepLine({ step, number }: { step: RailStep; number: number }) {
  const { wizard, navigation } = useStores();
  const content = (
    <>
      <span className={styles.mark}>{mark(step, number)}</span>
      <span className={styles.label}>
        <span>{step.label}</span>
        {step.found && <small title={step.found}>{step.found}</small>}
      </span>
    </>
  );
  const { backTo } = step;
  return (
    <li
      className={styles.step}
      data-state={step.state}
      aria-current={step.state === "current" ? "step" : undefined}
    >
      {backTo ? (
        <button
          type="button"
          onClick={() => {
            wizard.backTo(backTo);
            navigation.go({ place: "wizard" });
          }}
        >
          {content}
        </button>
      ) : (
        <div>{content}</div>
      )}
    </li>
  );
}

type UnderWayProps = { shownRun: Run | undefined; shownBatch: string | null };

/** What else goes on: runs of their own, and batches, a line each. */
function UnderWay({ shownRun, shownBatch }: UnderWayProps) {
  const { navigation } = useStores();
  const runs = useApp((app) => app.runs);
  const others = runs.filter(
    (run) => run.status.state === "running" && run.batch === null && run.id !== shownRun?.id,
  );
  return (
    <section className={styles.others} aria-label="Other runs under way">
      <BatchesUnderWay shownRun={shownRun} shownBatch={shownBatch} serialStyle={styles.serial} />
      {others.map((run) => (
        <button key={run.id} type="button" onClick={() => navigation.go({ place: "run", runId: run.id })}>
          <span className={styles.serial}>{run.serial}</span>
          <StateMark tone={runWord(run).tone}>{runWord(run).word}</StateMark>
        </button>
      ))}
    </section>
  );
}

const links: { place: "wizard" | "devices" | "settings"; label: string }[] = [
  { place: "wizard", label: "Flash" },
  { place: "devices", label: "Devices" },
  { place: "settings", label: "Settings" },
];

function Links({ place }: { place: Place }) {
  const { navigation } = useStores();
  const benchName = useApp((app) => app.settings.benchName);
  const deviceCount = useApp((app) => app.devices.length);
  const here = place.place === "device" ? "devices" : place.place;
  return (
    <div className={styles.foot}>
      <nav aria-label="Floppy">
        {links.map((link) => (
          <button
            key={link.place}
            type="button"
            aria-current={here === link.place ? "page" : undefined}
            onClick={() => navigation.go({ place: link.place })}
          >
            {link.label}
          </button>
        ))}
      </nav>
      <p className={styles.bench}>
        <span title={benchName}>{benchName}</span>
        <span>{plural(deviceCount, "device")}</span>
      </p>
    </div>
  );
}
