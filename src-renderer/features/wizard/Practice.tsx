import type { Host } from "#contract/catalog.ts";
import type { Drive } from "#contract/drives.ts";
import { type ImagePick, isForPractice } from "../../stores/draft.ts";
import { useStores, useWizard } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import styles from "./DriveStep.module.css";
import type { PracticeAct } from "./use-practice.ts";

export const PRACTICE_WORDS = "A file that behaves like a real one. Nothing real is written.";

type PracticeProps = {
  drives: Drive[];
  act: PracticeAct;
  /** Whether the screen's main act makes one, so that none of this is needed. */
  isMain?: boolean;
};

/** A file that behaves like a card: to learn on, and to show Floppy without losing one. */
export function Practice({ drives, act, isMain = false }: PracticeProps) {
  const error = act.error && <ErrorNotice error={act.error} />;
  if (isMain) return error;
  const practice = drives.filter((drive) => drive.kind === "practice");
  return (
    <>
      {error}
      <div className={styles.practice}>
        <Button look="quiet" onClick={act.make}>
          Make a practice drive
        </Button>
        {practice.map((drive) => (
          <Button key={drive.key} look="quiet" onClick={() => act.remove(drive.key)}>
            Remove {drive.name}
          </Button>
        ))}
        <span>{PRACTICE_WORDS}</span>
      </div>
    </>
  );
}

type OfferProps = { chosen: Drive[]; image: ImagePick; medium: Host["medium"] };

/** Where practice drives alone are chosen there is no need to wait for a real image. */
export function PracticeImageOffer({ chosen, image, medium }: OfferProps) {
  const { wizard } = useStores();
  const act = useWizard((view) => view.act);
  const isPractice = chosen.length > 0 && chosen.every(({ kind }) => kind === "practice");
  if (!isPractice || isForPractice(image)) return null;
  if (act.state === "failed") return <ErrorNotice error={act.error} />;
  return (
    <Notice
      tone="running"
      title="There is a small image to practise with."
      actions={
        <Button look="quiet" disabled={act.state === "busy"} onClick={() => void wizard.practise(medium)}>
          Take the practice image
        </Button>
      }
    >
      <p>It is made here in a second, without nix or a network.</p>
    </Notice>
  );
}
