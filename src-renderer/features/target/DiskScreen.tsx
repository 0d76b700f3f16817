import { useEffect, useState } from "react";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { BuildPlace, InstallPlan, TargetFacts } from "#contract/targets.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { ChoiceCards } from "../../ui/ChoiceCards.tsx";
import { Segments, TextField } from "../../ui/Field.tsx";
import { formatBytes, formatMedium } from "../../ui/format.ts";
import { HoldButton } from "../../ui/HoldButton.tsx";
import { ErrorNotice } from "../../ui/Notice.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { SegmentBar } from "../../ui/SegmentBar.tsx";
import { segmentsNow } from "../wizard/confirm-segments.ts";
import { CommandList } from "./CommandList.tsx";
import { DiskCard } from "./DiskCard.tsx";
import { erasureWord, segmentsOfLayout } from "./disk-segments.ts";
import styles from "./target.module.css";

type DiskScreenProps = { run: Run; facts: TargetFacts; onCancel: () => void };

function factsLine({ product, firmware, memoryBytes, power, clockOffsetSeconds }: TargetFacts): string {
  const parts = [
    product ?? "Unknown machine",
    firmware === "uefi" ? "UEFI" : "legacy BIOS",
    `${formatBytes(memoryBytes)} memory`,
    power.source === "mains"
      ? "on mains"
      : `on battery${power.percent === null ? "" : `, ${power.percent} %`}`,
  ];
  if (Math.abs(clockOffsetSeconds) > 60) parts.push("its clock was wrong and is set");
  return parts.join(" · ");
}

/** The one question before something is lost: which disk. Nothing is chosen for anybody where there are two. */
export function DiskScreen({ run, facts, onCancel }: DiskScreenProps) {
  const { app } = useStores();
  const possible = facts.disks.filter(({ refusal }) => refusal === null);
  const [diskKey, setDiskKey] = useState(possible.length === 1 ? (possible[0]?.key ?? null) : null);
  const [place, setPlace] = useState<BuildPlace>("here");
  const [plan, setPlan] = useState<InstallPlan | null>(null);
  const [error, setError] = useState<ErrorData | null>(null);
  const [isOpen, setOpen] = useState(false);

  useEffect(() => {
    if (diskKey === null) return;
    let isCurrent = true;
    setError(null);
    app.planRun(run.id, diskKey, place).then(
      (made) => isCurrent && setPlan(made),
      (thrown) => {
        if (!isCurrent) return;
        setPlan(null);
        setError(toErrorData(thrown));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [app, run.id, diskKey, place]);

  const chosen = plan?.disk.key === diskKey ? plan : null;
  const agree = () =>
    void app.chooseDisk(run.id, diskKey ?? "", place).catch((thrown) => setError(toErrorData(thrown)));

  return (
    <Screen
      title="Which disk becomes the system?"
      lead={`${factsLine(facts)}. Floppy checks the disk’s serial again in the moment it writes.`}
      left={
        <>
          <Button onClick={onCancel}>Cancel run</Button>
          {chosen && (
            <Button onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
              {isOpen ? "Hide" : "Show"} the {chosen.commands.length} commands
            </Button>
          )}
        </>
      }
      right={<Agree plan={chosen} onAgree={agree} />}
    >
      {error && <ErrorNotice error={error} />}
      <Columns ratio="even">
        <Panel title="Disks in this machine">
          <ChoiceCards
            label="Disks in this machine"
            name="disk"
            columns="list"
            autoFocus
            chosen={diskKey}
            onChoose={setDiskKey}
            choices={facts.disks.map((disk) => ({
              value: disk.key,
              refused: disk.refusal !== null,
              content: <DiskCard disk={disk} />,
            }))}
          />
          <Segments
            label="Where the system is built"
            name="place"
            chosen={place}
            onChoose={setPlace}
            options={[
              { value: "here", label: "Build here" },
              { value: "target", label: "Build on the machine" },
            ]}
          />
          <p className={styles.soft}>
            {place === "here"
              ? "Built on this computer before the disk is erased, then pushed. Needs no internet there."
              : "The machine builds for itself, after its disk is erased. Needs internet and 3.5 GiB of memory."}
          </p>
        </Panel>
        {chosen ? (
          <BeforeAndAfter plan={chosen} />
        ) : (
          <Panel title="Nothing is written yet">Choose a disk.</Panel>
        )}
      </Columns>
      {isOpen && chosen && <CommandList commands={chosen.commands} />}
    </Screen>
  );
}

function BeforeAndAfter({ plan }: { plan: InstallPlan }) {
  const { disk, layout } = plan;
  const size = formatMedium(disk.identity.sizeBytes);
  const subvolumes = layout.partitions.flatMap(({ mounts }) => mounts.filter(({ subvolume }) => subvolume));
  return (
    <div className={styles.sheets}>
      <Panel title="Now: will be lost" aside={size}>
        <SegmentBar label="What is on the disk now and will be lost" segments={segmentsNow(disk)} />
      </Panel>
      <Panel title="After" aside="GPT">
        <SegmentBar label="What will be on the disk" segments={segmentsOfLayout(layout, disk)} />
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Subvolume</th>
              <th scope="col">Mounted at</th>
            </tr>
          </thead>
          <tbody>
            {subvolumes.map(({ subvolume, mountPoint }) => (
              <tr key={mountPoint}>
                <td>{subvolume}</td>
                <td>{mountPoint}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}

/** The deliberate act: the disk's own last four, or a second of holding where it has none. */
function Agree({ plan, onAgree }: { plan: InstallPlan | null; onAgree: () => void }) {
  const [typed, setTyped] = useState("");
  const word = plan ? erasureWord(plan.disk) : null;
  if (plan && word === null) return <HoldButton onHeld={onAgree}>Erase and install</HoldButton>;
  const isRight = word !== null && typed.trim().toLowerCase() === word.toLowerCase();
  return (
    <form
      className={styles.agree}
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight) onAgree();
      }}
    >
      <TextField
        label="To erase it, type the last four of its serial"
        value={typed}
        maxLength={4}
        disabled={plan === null}
        error={typed.length === 4 && !isRight && plan ? "That is another serial." : undefined}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" look="main" disabled={!isRight}>
        Erase and install
      </Button>
    </form>
  );
}
