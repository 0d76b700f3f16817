import { type ReactNode, useEffect, useState } from "react";
import type { Drive } from "#contract/drives.ts";
import { savedImagePath } from "#contract/media.ts";
import { useApp, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Segments, TextField } from "../../ui/Field.tsx";
import { formatMedium } from "../../ui/format.ts";
import { HoldButton } from "../../ui/HoldButton.tsx";
import { Names } from "../../ui/Names.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Columns, Facts, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useRunAct } from "../run/run-act.tsx";
import { StepForm } from "../wizard/StepForm.tsx";
import { driveWords } from "../words.ts";
import styles from "./drive-tools.module.css";

export type ToolsProps = { drive: Drive; onBack: () => void };

type Tool = "quick" | "full" | "save" | "restore";
type Part = "all" | "used";

const tools: { value: Tool; label: string }[] = [
  { value: "quick", label: "Quick test" },
  { value: "full", label: "Full test" },
  { value: "save", label: "Save" },
  { value: "restore", label: "Empty" },
];

const explanations: Record<Tool, string[]> = {
  quick: [
    "Looks whether the drive holds what it says, in about a second. A false card says 64 GB and holds 8.",
    "A few blocks are borrowed and put back, so what is on the drive stays. If the power fails meanwhile, the next test puts them back.",
  ],
  full: [
    "Writes every byte and reads it back: finds bad blocks, false sizes, and drives that slow to a crawl.",
    "It takes as long as filling and reading the whole drive, and erases what is on it.",
  ],
  save: [
    "Reads the drive into an image file, which can be flashed to another drive. The drive is only read.",
    "A name that ends in .zst is packed, one that ends in .img raw. The file can be read by you alone.",
  ],
  restore: [
    "Makes one empty partition that every system reads and writes, so that the drive can be used for anything again.",
    "What is on the drive is erased.",
  ],
};

export function ToolChoice({ drive, onBack }: ToolsProps) {
  const { app } = useStores();
  const [tool, setTool] = useState<Tool>("quick");
  const [part, setPart] = useState<Part>("all");
  const { attempt, failure } = useRunAct();
  const [path, setPath] = useImagePath(drive.name);
  const isGone = useApp((state) => !state.drives.some(({ key }) => key === drive.key));
  const isLocked = drive.readOnly && tool !== "save";
  const mayNot = isGone || isLocked || (tool === "save" && !savedImagePath.safeParse(path.trim()).success);

  const acts: Record<Tool, () => Promise<void>> = {
    quick: () => app.testDrive(drive.key, "quick"),
    full: () => app.testDrive(drive.key, "full"),
    save: () => app.saveDrive({ driveKey: drive.key, path: path.trim(), part, replaceConfirmed: null }),
    restore: () => app.restoreDrive(drive.key),
  };
  const begin = () => !mayNot && attempt(acts[tool]());
  const isErasing = tool === "full" || tool === "restore";

  return (
    // What erases wants the held button, and nothing less.
    <StepForm onMainAct={() => !isErasing && begin()} onBack={onBack}>
      <Screen
        title={`Tools for ${driveWords(drive)}`}
        lead="What else can be done with this drive. None of it is part of a device."
        left={<Button onClick={onBack}>Back to the drives</Button>}
        hint={isErasing && "Hold the button for one second"}
        right={
          isErasing ? (
            <HoldButton disabled={mayNot} onHeld={begin}>
              {tool === "full" ? "Erase and test" : "Erase and empty"}
            </HoldButton>
          ) : (
            <Button type="submit" look="main" disabled={mayNot}>
              {tool === "save" ? "Save the drive" : "Test the drive"}
            </Button>
          )
        }
      >
        {failure}
        {isGone && <Notice tone="look" title={`${drive.name} was unplugged.`} />}
        {isLocked && <Notice tone="look" title="Read-only. Slide the lock on the card’s side." />}
        <Segments label="Tool" name="tool" options={tools} chosen={tool} onChoose={setTool} autoFocus />
        <Columns>
          <Panel>
            <Explanation of={explanations[tool]} />
            {tool === "save" && <SaveFields path={path} onPath={setPath} part={part} onPart={setPart} />}
          </Panel>
          <Panel title="This drive">
            <Facts
              facts={[
                { name: "Drive", value: drive.name, detail: drive.identity.path },
                { name: "Size", value: formatMedium(drive.identity.sizeBytes) },
                { name: "Serial", value: <code>{drive.identity.serial ?? "none reported"}</code> },
                { name: isErasing ? "Will be lost" : "On it", value: <Content of={drive.volumes} /> },
              ]}
            />
          </Panel>
        </Columns>
      </Screen>
    </StepForm>
  );
}

function Content({ of }: { of: ToolsProps["drive"]["volumes"] }): ReactNode {
  if (of.length === 0) return "nothing known";
  return <Names of={of.map(({ label, filesystem }) => label ?? filesystem ?? "unknown data")} />;
}

function Explanation({ of }: { of: string[] }) {
  return of.map((sentence) => (
    <p key={sentence} className={styles.words}>
      {sentence}
    </p>
  ));
}

type SaveFieldsProps = {
  path: string;
  onPath: (path: string) => void;
  part: Part;
  onPart: (part: Part) => void;
};

function SaveFields({ path, onPath, part, onPart }: SaveFieldsProps) {
  return (
    <>
      <TextField
        label="Image file"
        value={path}
        onChange={(event) => onPath(event.target.value)}
        help="On this machine. A file that is there already is kept."
        error={path.trim() === "" ? undefined : wordsAgainst(path.trim())}
      />
      <Segments
        label="How much of it"
        name="part"
        options={[
          { value: "all", label: "Whole drive" },
          { value: "used", label: "Used part" },
        ]}
        chosen={part}
        onChoose={onPart}
      />
      {part === "used" && (
        <p className={styles.words}>
          Up to the end of the last partition, with a partition table that is valid at that size.
        </p>
      )}
    </>
  );
}

const wordsAgainst = (path: string) => savedImagePath.safeParse(path).error?.issues[0]?.message;

/** Beside a person's other files, called as the drive is. */
function useImagePath(driveName: string) {
  const { app } = useStores();
  const [path, setPath] = useState("");
  useEffect(() => {
    const name = driveName.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    app
      .homeFolder()
      .then((folder) => setPath((typed) => typed || `${folder}/${name}.img.zst`))
      // Without a suggestion the path is typed.
      .catch(() => undefined);
  }, [app, driveName]);
  return [path, setPath] as const;
}
