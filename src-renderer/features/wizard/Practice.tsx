import { useState } from "react";
import type { Drive } from "#contract/drives.ts";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import styles from "./DriveStep.module.css";
import { practiceSize } from "./practice-size.ts";

/** A file that behaves like a card: to learn on, and to show Floppy without losing one. */
export function Practice({ imageBytes, drives }: { imageBytes: number | null; drives: Drive[] }) {
  const { app } = useStores();
  const [error, setError] = useState<ErrorData | null>(null);
  const attempt = (work: Promise<void>) => {
    setError(null);
    work.catch((thrown) => setError(toErrorData(thrown)));
  };
  const practice = drives.filter((drive) => drive.kind === "practice");
  return (
    <>
      {error && <ErrorNotice error={error} />}
      <div className={styles.practice}>
        <Button look="quiet" onClick={() => attempt(app.createPractice(practiceSize(imageBytes)))}>
          Make a practice drive
        </Button>
        {practice.map((drive) => (
          <Button key={drive.key} look="quiet" onClick={() => attempt(app.removePractice(drive.key))}>
            Remove {drive.name}
          </Button>
        ))}
        <span>A file that behaves like a card. Nothing real is written.</span>
      </div>
    </>
  );
}
