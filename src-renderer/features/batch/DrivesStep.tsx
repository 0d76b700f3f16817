import { runOnDrive } from "#contract/claims.ts";
import { assessDrive, type Drive } from "#contract/drives.ts";
import { byPort, portNames } from "#contract/ports.ts";
import type { Run } from "#contract/runs.ts";
import { type DraftAt, isForPractice, pairsOf } from "../../stores/draft.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { CheckCards } from "../../ui/CheckCards.tsx";
import { plural } from "../../ui/format.ts";
import { Notice } from "../../ui/Notice.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { DriveCard } from "../wizard/DriveCard.tsx";
import { Practice, PracticeImageOffer } from "../wizard/Practice.tsx";
import { StepForm } from "../wizard/StepForm.tsx";
import { usePractice } from "../wizard/use-practice.ts";
import styles from "./batch.module.css";
import { OneOrSeveral } from "./OneOrSeveral.tsx";

/** The device whose card it became last, while it is still plugged in. */
function writtenFor(runs: readonly Run[], { key }: Drive): string | null {
  const last = runs
    .filter((run) => run.drive.key === key)
    .toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))[0];
  return last?.status.state === "done" ? last.serial : null;
}

/** Which cards, each with its port and the serial that it gets. */
export function DrivesStep({ draft }: { draft: DraftAt<"drives"> }) {
  const { wizard } = useStores();
  const drives = useApp((app) => app.drives).toSorted(byPort);
  const devices = useApp((app) => app.devices);
  const runs = useApp((app) => app.runs);
  const tasks = useApp((app) => app.driveTasks);
  const imageBytes = draft.image.inspection?.sizeBytes ?? null;
  const practice = usePractice(draft.image, () => undefined);
  const forPractice = isForPractice(draft.image);
  const verdictOf = (drive: Drive) => assessDrive(drive, imageBytes, forPractice);
  const ports = portNames(drives);
  const taskOf = (drive: Drive) => tasks.find((task) => task.drive.key === drive.key);
  const isRefused = (drive: Drive) =>
    runOnDrive(runs, drive.key) !== null ||
    taskOf(drive)?.status.state === "running" ||
    verdictOf(drive).verdict === "refused";
  const chosen = drives.filter((drive) => draft.driveKeys.includes(drive.key) && !isRefused(drive));
  const chosenKeys = chosen.map(({ key }) => key);
  const pairs = pairsOf({ ...draft, driveKeys: chosenKeys }, { drives, devices });
  const serialOf = new Map(pairs.map(({ serial, drive }) => [drive.key, serial]));
  // A large disk, or a card that was just made, is taken only by its own tick.
  const fresh = drives.filter(
    (drive) => !isRefused(drive) && verdictOf(drive).verdict === "ok" && writtenFor(runs, drive) === null,
  );
  const isReady = pairs.length > 0 && pairs.length === chosen.length;

  return (
    <StepForm onMainAct={() => isReady && wizard.takeDrives(chosenKeys)} onBack={wizard.back}>
      <Screen
        title="Which cards are written?"
        lead={
          drives.some((drive) => writtenFor(runs, drive) !== null) && fresh.length === 0
            ? "Take the finished cards out and put the next ones in. They appear by themselves."
            : `The serials from ${draft.device.serial} on are given out in the order of the ports.`
        }
        left={<Button onClick={wizard.back}>Back</Button>}
        hint={
          <>
            <Key>Space</Key> chooses, <Key>Enter</Key> continues
          </>
        }
        right={
          <Button type="submit" look="main" disabled={!isReady}>
            {chosen.length > 0 ? `Use ${plural(chosen.length, "card")}` : "Choose cards"}
          </Button>
        }
      >
        <div className={styles.choice}>
          <OneOrSeveral chosen="several" />
          {fresh.length > 1 && (
            <Button look="quiet" onClick={() => wizard.selectDrives(fresh.map(({ key }) => key))}>
              Choose all {fresh.length}
            </Button>
          )}
        </div>
        {chosen.length > pairs.length && (
          <Notice tone="look" title="There are not enough serials left for so many cards.">
            <p>Take fewer cards, or begin with another serial.</p>
          </Notice>
        )}
        {drives.length === 0 && (
          <p className={styles.empty}>
            <strong>No card here yet.</strong>
            Plug the cards in, or a hub of readers. They appear by themselves.
          </p>
        )}
        <CheckCards
          label="Cards"
          chosen={chosenKeys}
          onChoose={wizard.selectDrives}
          checks={drives.map((drive) => ({
            value: drive.key,
            refused: isRefused(drive),
            content: (
              <span className={styles.card}>
                <DriveCard
                  // Its port stands beside it, in short.
                  drive={{ ...drive, port: null }}
                  verdict={verdictOf(drive)}
                  takenBy={runOnDrive(runs, drive.key)}
                  task={taskOf(drive)}
                  wasThisRuns={false}
                />
                <Becomes
                  port={drive.port}
                  portName={ports.get(drive.key)}
                  serial={serialOf.get(drive.key) ?? null}
                  was={writtenFor(runs, drive)}
                />
              </span>
            ),
          }))}
        />
        <PracticeImageOffer chosen={chosen} image={draft.image} medium="card" />
        <Practice drives={drives} act={practice} />
      </Screen>
    </StepForm>
  );
}

type BecomesProps = {
  port: string | null;
  portName: string | undefined;
  serial: string | null;
  was: string | null;
};

/** The port to look at, and what comes out of it. */
function Becomes({ port, portName, serial, was }: BecomesProps) {
  return (
    <span className={styles.becomes}>
      {port && (
        <span className={styles.port} title={port}>
          {portName}
        </span>
      )}
      {serial && <span className={styles.serial}>{serial}</span>}
      {!serial && was && <StateMark tone="good">now {was}</StateMark>}
    </span>
  );
}
