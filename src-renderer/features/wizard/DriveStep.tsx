import { useState } from "react";
import { runOnDrive } from "#contract/claims.ts";
import { assessDrive, type Drive } from "#contract/drives.ts";
import { type DraftAt, isForPractice } from "../../stores/draft.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { ChoiceCards } from "../../ui/ChoiceCards.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { OneOrSeveral } from "../batch/OneOrSeveral.tsx";
import { DriveTools } from "../drive-tools/DriveTools.tsx";
import { mediumOf } from "../shell/rail-steps.ts";
import { driveWords } from "../words.ts";
import { DriveCard } from "./DriveCard.tsx";
import styles from "./DriveStep.module.css";
import { PRACTICE_WORDS, Practice, PracticeImageOffer } from "./Practice.tsx";
import { StepForm } from "./StepForm.tsx";
import { usePractice } from "./use-practice.ts";

export function DriveStep({ draft }: { draft: DraftAt<"drive"> }) {
  const { wizard } = useStores();
  const drives = useApp((app) => app.drives);
  const medium = useApp((app) => mediumOf(app.catalog, draft.device.host));
  const imageBytes = draft.image.inspection?.sizeBytes ?? null;
  const runs = useApp((app) => app.runs);
  const tasks = useApp((app) => app.driveTasks);
  const [toolsFor, setToolsFor] = useState<Drive | null>(null);
  const practice = usePractice(draft.image, wizard.selectDrive);
  const forPractice = isForPractice(draft.image);
  const verdictOf = (drive: Drive) => assessDrive(drive, imageBytes, forPractice);
  const takenBy = (drive: Drive) => runOnDrive(runs, drive.key);
  const taskOf = (drive: Drive) => tasks.find((task) => task.drive.key === drive.key);
  const isRefused = (drive: Drive) =>
    takenBy(drive) !== null ||
    taskOf(drive)?.status.state === "running" ||
    verdictOf(drive).verdict === "refused";
  const chosen = drives.find((drive) => drive.key === draft.driveKey && !isRefused(drive));
  const isResume = draft.purpose.kind === "resume";
  // With the practice image, a practice drive is all that is left to want.
  const mustMake = forPractice && !drives.some((drive) => drive.kind === "practice");

  const chooseWords = chosen ? `Use ${driveWords(chosen)}` : "Choose a drive";
  const mainAct = mustMake ? "Make a practice drive" : chooseWords;

  if (toolsFor) return <DriveTools drive={toolsFor} onBack={() => setToolsFor(null)} />;
  return (
    <StepForm
      onMainAct={() => (mustMake ? practice.make() : chosen && wizard.takeDrive())}
      onBack={wizard.back}
    >
      <Screen
        title={`Which ${medium} becomes ${draft.device.serial}?`}
        lead={leadOf(draft, medium)}
        left={<Button onClick={wizard.back}>Back</Button>}
        hint={
          <>
            {!mustMake && "Arrow keys choose, "}
            <Key>Enter</Key> {mustMake ? "makes one" : "continues"}
          </>
        }
        right={
          <Button type="submit" look="main" disabled={!chosen && !mustMake}>
            {mainAct}
          </Button>
        }
      >
        {medium === "card" && !isResume && <OneOrSeveral chosen="one" />}
        {mustMake && (
          <p className={styles.empty}>
            <strong>No practice drive here yet.</strong>
            {PRACTICE_WORDS}
          </p>
        )}
        {drives.length === 0 && !mustMake && (
          <p className={styles.empty}>
            <strong>No drive here yet.</strong>
            Plug in a {medium} or its reader. It appears by itself.
          </p>
        )}
        <ChoiceCards
          label="Drive"
          name="drive"
          columns="list"
          autoFocus
          chosen={chosen?.key ?? null}
          onChoose={wizard.selectDrive}
          choices={drives.map((drive) => ({
            value: drive.key,
            refused: isRefused(drive),
            aside: (
              <Button look="quiet" aria-label={`Tools for ${drive.name}`} onClick={() => setToolsFor(drive)}>
                Tools
              </Button>
            ),
            content: (
              <DriveCard
                drive={drive}
                verdict={verdictOf(drive)}
                takenBy={takenBy(drive)}
                task={taskOf(drive)}
                wasThisRuns={draft.purpose.kind === "resume" && draft.purpose.run.drive.key === drive.key}
              />
            ),
          }))}
        />
        <PracticeImageOffer
          chosen={chosen && !isResume ? [chosen] : []}
          image={draft.image}
          medium={medium}
        />
        <Practice drives={drives} act={practice} isMain={mustMake} />
      </Screen>
    </StepForm>
  );
}

function leadOf({ purpose, image }: DraftAt<"drive">, medium: string): string {
  if (purpose.kind === "resume")
    return `The run goes on where it ended. Put the same ${medium} in, or another one.`;
  if (isForPractice(image)) return "The practice image goes to practice drives alone.";
  return "Drives appear and disappear as you plug them. Disks of this machine are never offered.";
}
