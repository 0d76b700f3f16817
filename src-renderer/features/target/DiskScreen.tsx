import { useEffect, useRef, useState } from "react";
import type { Run } from "#contract/runs.ts";
import type { BuildPlace, InstallPlan, TargetFacts } from "#contract/targets.ts";
import { noPick } from "../../stores/target-store.ts";
import { useStores, useTarget } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { ChoiceCards } from "../../ui/ChoiceCards.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { useRunAct } from "../run/run-act.tsx";
import type { CancelRun } from "../run/use-cancel.tsx";
import { useKey } from "../use-key.ts";
import { AgreeToErase } from "./AgreeToErase.tsx";
import { BeforeAndAfter } from "./BeforeAndAfter.tsx";
import { CommandList } from "./CommandList.tsx";
import { DiskCard } from "./DiskCard.tsx";
import styles from "./disk.module.css";
import { factsWords, needsMains } from "./facts-words.ts";

type DiskScreenProps = { run: Run; facts: TargetFacts; cancel: CancelRun };

const untouched = "Nothing was written yet. Floppy checks the disk’s serial again in the moment it writes.";

/** The one question before something is lost: which disk. Nothing is chosen for anybody where there are two. */
export function DiskScreen({ run, facts, cancel }: DiskScreenProps) {
  const { target } = useStores();
  const { attempt, failure } = useRunAct();
  const [agreed, setAgreed] = useState(false);
  const [isListOpen, setListOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const { pick, plan, planError } = usePick(run, facts);
  useKey("Escape", () => setListOpen(false), isListOpen);

  function agree(chosen: InstallPlan) {
    setAgreed(true);
    attempt(target.chooseDisk(run.id, chosen).finally(() => setAgreed(false)));
  }

  const bar = cancel.isAsked
    ? { hint: cancel.question }
    : {
        left: <Button onClick={cancel.ask}>Cancel run</Button>,
        right: <AgreeToErase plan={plan} disks={facts.disks} busy={agreed} field={field} onAgree={agree} />,
      };
  const listButton = plan && (
    <Button
      look="quiet"
      aria-expanded={isListOpen}
      aria-controls="planned-commands"
      onClick={() => setListOpen(!isListOpen)}
    >
      {isListOpen ? "Hide" : "Show"} the {plan.commands.length} commands
    </Button>
  );
  return (
    <Screen
      title="Which disk becomes the system?"
      lead={
        <>
          <bdi>{factsWords(facts)}</bdi>
          <br />
          {untouched}
        </>
      }
      {...bar}
    >
      {failure}
      {planError && <ErrorNotice error={planError} />}
      {needsMains(facts) && (
        <Notice tone="look" title="It may not last on its battery.">
          <p>Connect it to the mains before you agree: a disk that is half installed cannot start.</p>
        </Notice>
      )}
      <Columns ratio="even">
        <div className={styles.sheets}>
          <Disks
            facts={facts}
            chosen={pick.diskKey}
            onChoose={(diskKey) => target.pick(run.id, { ...pick, diskKey })}
            onGoOn={() => field.current?.focus()}
          />
          <Place
            place={pick.buildPlace}
            onChoose={(buildPlace) => target.pick(run.id, { ...pick, buildPlace })}
          />
        </div>
        {plan ? <BeforeAndAfter plan={plan} aside={listButton} /> : <NothingChosen />}
      </Columns>
      {isListOpen && plan && <CommandList id="planned-commands" commands={plan.commands} />}
    </Screen>
  );
}

/** What is picked on these disks, and what it would do; where only one disk can be chosen it is picked. */
function usePick(run: Run, { disks }: TargetFacts) {
  const { target } = useStores();
  const kept = useTarget((view) => view.picks[run.id]) ?? noPick;
  const loaded = useTarget((view) => view.plan);
  const possible = disks.filter(({ refusal }) => refusal === null);
  const only = possible.length === 1 ? possible[0] : undefined;
  const { buildPlace } = kept;
  const diskKey = (possible.find(({ key }) => key === kept.diskKey) ?? only)?.key ?? null;
  useEffect(
    () => void target.showPlan(run.id, { diskKey, buildPlace }),
    [target, run.id, diskKey, buildPlace],
  );
  const isCurrent =
    loaded.state === "ready" && loaded.value.disk.key === diskKey && loaded.value.buildPlace === buildPlace;
  return {
    pick: { diskKey, buildPlace },
    plan: isCurrent ? loaded.value : null,
    planError: loaded.state === "failed" ? loaded.error : null,
  };
}

function NothingChosen() {
  return (
    <div className={styles.empty}>
      <strong>Nothing is chosen.</strong>
      Choose a disk to see what is on it, what would be lost, and what it would become.
    </div>
  );
}

type DisksProps = {
  facts: TargetFacts;
  chosen: string | null;
  onChoose: (diskKey: string) => void;
  onGoOn: () => void;
};

function Disks({ facts, chosen, onChoose, onGoOn }: DisksProps) {
  return (
    <Panel title="Disks in this machine" aside={facts.disks.length}>
      {facts.disks.every(({ refusal }) => refusal !== null) && (
        <Notice tone="bad" title="None of its disks can be chosen.">
          <p>Nothing was written. Put a disk in, or turn its controller on in the machine’s setup (AHCI).</p>
        </Notice>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onGoOn();
        }}
      >
        <ChoiceCards
          label="Disks in this machine"
          name="disk"
          columns="list"
          autoFocus
          chosen={chosen}
          onChoose={onChoose}
          choices={facts.disks.map((disk) => ({
            value: disk.key,
            refused: disk.refusal !== null,
            content: <DiskCard disk={disk} disks={facts.disks} />,
          }))}
        />
        {/* Without one, Enter on a radio button submits nothing. */}
        <button type="submit" hidden />
      </form>
      <p className={styles.soft}>
        Arrow keys choose, <Key>Enter</Key> leads to the serial below.
      </p>
    </Panel>
  );
}

const places: { value: BuildPlace; title: string; needs: string }[] = [
  {
    value: "here",
    title: "Here",
    needs:
      "By this computer or its builders, before anything is erased; then pushed. The machine needs no internet.",
  },
  {
    value: "target",
    title: "On the machine",
    needs:
      "By itself, after its disk is erased. It needs internet, 3.5 GiB of memory, and longer. A build that fails leaves an empty disk.",
  },
];

function Place({ place, onChoose }: { place: BuildPlace; onChoose: (place: BuildPlace) => void }) {
  return (
    <Panel title="Where its system is built">
      <ChoiceCards
        label="Where its system is built"
        name="place"
        columns="list"
        chosen={place}
        onChoose={(value) => onChoose(value === "target" ? "target" : "here")}
        choices={places.map(({ value, title, needs }) => ({
          value,
          refused: false,
          content: (
            <span className={styles.place}>
              <strong>{title}</strong>
              <span>{needs}</span>
            </span>
          ),
        }))}
      />
    </Panel>
  );
}
