import { useState } from "react";
import type { Run } from "#contract/runs.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { formatSpeed, plural } from "../../ui/format.ts";
import { BigPercent, Meter } from "../../ui/Meter.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { PhaseProgress } from "../run/PhaseProgress.tsx";
import { useRunAct } from "../run/run-act.tsx";
import { useEnterAnywhere } from "../use-key.ts";
import { cancelLeaves, phaseHeading } from "../words.ts";
import { BatchRows } from "./BatchRows.tsx";
import styles from "./batch.module.css";
import {
  type BatchRow,
  batchPercent,
  batchRows,
  batchSpeed,
  imageRun,
  type Tally,
  tallyOf,
  tallyWords,
} from "./batch-rows.ts";
import { CancelQuestion } from "./CancelQuestion.tsx";

/** Several cards at once: how each of them stands, and all of them together. */
export function BatchScreen({ batchId }: { batchId: string }) {
  const { navigation } = useStores();
  const runs = useApp((app) => app.runs);
  const rows = batchRows(runs, batchId);
  if (rows.length > 0) return <KnownBatch rows={rows} />;
  return (
    <Screen
      title="This batch is not here"
      left={<Button onClick={() => navigation.go({ place: "wizard" })}>Back to the start</Button>}
    >
      <p>Its runs are over or were put aside. Look its devices up in the list.</p>
    </Screen>
  );
}

function titleOf({ total, done, running }: Tally, image: Run | null): string {
  if (image) return phaseHeading("image", image);
  if (running > 0) return `Writing ${plural(total, "card")}`;
  if (done < total) return `${done} of ${plural(total, "card")} ${done === 1 ? "is" : "are"} ready`;
  return total === 1 ? "The card is ready" : `${total} cards are ready`;
}

function leadOf({ total, done, running }: Tally, image: Run | null): string {
  if (image) return "All cards are written as soon as it is there. You can leave this screen.";
  if (running > 0) return "Each card goes its own way: take out what is verified. You can leave this screen.";
  if (done === 0) return "Each card says what is safe and what to do. Its serial stays its own.";
  if (done < total) return "Those that are verified can be taken out. The others say what to do.";
  return "Every byte of every card was read back and is right. You can take them out.";
}

function toneOf({ total, done, running, failed }: Tally): "good" | "bad" | undefined {
  if (running > 0) return undefined;
  if (done === total) return "good";
  return failed > 0 ? "bad" : undefined;
}

function KnownBatch({ rows }: { rows: BatchRow[] }) {
  const { app, wizard, navigation } = useStores();
  const { attempt, failure } = useRunAct();
  /** The runs that are to be cancelled, once that is confirmed. */
  const [asked, setAsked] = useState<Run[]>([]);
  const tally = tallyOf(rows);
  const image = imageRun(rows);
  const running = rows.flatMap(({ run }) => (run?.status.state === "running" ? [run] : []));
  const toCancel = asked.filter(({ id }) => running.some((run) => run.id === id));
  const last = rows.findLast(({ run }) => run !== null)?.run;
  const next = () => {
    if (last) attempt(wizard.nextBatch({ ...last, serial: rows.at(-1)?.serial ?? last.serial }));
  };
  useEnterAnywhere(() => running.length === 0 && next());
  const another = () => {
    wizard.restart();
    navigation.go({ place: "wizard" });
  };
  const cancel = async () => {
    setAsked([]);
    await Promise.all(toCancel.map(({ id }) => app.cancelRun(id)));
  };
  const isAsking = toCancel.length > 0;

  return (
    <Screen
      tone={toneOf(tally)}
      title={titleOf(tally, image)}
      lead={leadOf(tally, image)}
      left={
        !isAsking &&
        (running.length > 0 ? (
          <Button onClick={() => setAsked(running)}>Cancel all</Button>
        ) : (
          <Button onClick={another}>Another device</Button>
        ))
      }
      hint={
        isAsking ? (
          <CancelQuestion
            runs={toCancel}
            leaves={cancelLeaves(firstPhase(toCancel), "card")}
            onKeep={() => setAsked([])}
            onCancel={() => attempt(cancel())}
          />
        ) : (
          running.length === 0 && (
            <>
              Change the cards, then <Key>Enter</Key>
            </>
          )
        )
      }
      right={
        !isAsking &&
        image === null && (
          <Button
            key={running.length > 0 ? "under way" : "over"}
            look={running.length > 0 ? "plain" : "main"}
            autoFocus={running.length === 0}
            onClick={next}
          >
            Next batch
          </Button>
        )
      }
    >
      {failure}
      <Together rows={rows} tally={tally} />
      <BatchRows rows={rows} onCancel={(run) => setAsked([run])} />
      <p className="visually-hidden" aria-live="polite">
        {tallyWords(tally)}
      </p>
    </Screen>
  );
}

/** What cancelling leaves behind is worst for the one that is furthest. */
function firstPhase(runs: Run[]) {
  const phases = runs.map(({ status }) => (status.state === "running" ? status.phase : "image"));
  return phases.find((phase) => phase === "write") ?? phases.find((phase) => phase === "verify") ?? "image";
}

/** All of them as one: the image while it is made, then how much is done. */
function Together({ rows, tally }: { rows: BatchRow[]; tally: Tally }) {
  const image = imageRun(rows);
  if (image)
    return (
      <Panel title={`One image for ${plural(tally.total, "card")}`}>
        <PhaseProgress run={image} />
      </Panel>
    );
  if (tally.running === 0) return null;
  const percent = batchPercent(rows);
  return (
    <Panel>
      <div className={styles.top}>
        <BigPercent percent={percent} />
        <p className={styles.speed}>
          {formatSpeed(batchSpeed(rows))}
          <small>all cards together</small>
        </p>
      </div>
      <Meter label="All cards" percent={percent} spoken={`${percent} percent: ${tallyWords(tally)}`} />
      <p className={styles.tally}>{tallyWords(tally)}</p>
    </Panel>
  );
}
