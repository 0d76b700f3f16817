import type { Drive } from "#contract/drives.ts";
import type { ErrorData } from "#contract/errors.ts";
import { Button } from "../../ui/Button.tsx";
import { ErrorNotice, Notice } from "../../ui/Notice.tsx";
import styles from "./DriveStep.module.css";
import type { PracticeAct } from "./use-practice.ts";

/** A file that behaves like a card: to learn on, and to show Floppy without losing one. */
export function Practice({ drives, act }: { drives: Drive[]; act: PracticeAct }) {
  const practice = drives.filter((drive) => drive.kind === "practice");
  return (
    <>
      {act.error && <ErrorNotice error={act.error} />}
      <div className={styles.practice}>
        <Button look="quiet" onClick={act.make}>
          Make a practice drive
        </Button>
        {practice.map((drive) => (
          <Button key={drive.key} look="quiet" onClick={() => act.remove(drive.key)}>
            Remove {drive.name}
          </Button>
        ))}
        <span>A file that behaves like a card. Nothing real is written.</span>
      </div>
    </>
  );
}

type OfferProps = { isBusy: boolean; error: ErrorData | null; onTake: () => void };

/** On a practice drive there is no need to wait for a real image. */
export function PracticeImageOffer({ isBusy, error, onTake }: OfferProps) {
  if (error) return <ErrorNotice error={error} />;
  return (
    <Notice
      tone="running"
      title="This is practice. There is a small image for it."
      actions={
        <Button look="quiet" disabled={isBusy} onClick={onTake}>
          Use the practice image
        </Button>
      }
    >
      <p>It is made here in a second, without nix or a network.</p>
    </Notice>
  );
}
