import { useState } from "react";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { type ImagePick, isForPractice } from "../../stores/draft.ts";
import { useStores } from "../../stores/use-stores.ts";
import { practiceSize, SMALL_PRACTICE_DRIVE } from "./practice-size.ts";

export type PracticeAct = { make(): void; remove(driveKey: string): void; error: ErrorData | null };

/** Makes and removes practice drives; `onMade` is told the key of a new one. */
export function usePractice(image: ImagePick, onMade: (driveKey: string) => void): PracticeAct {
  const { app } = useStores();
  const [error, setError] = useState<ErrorData | null>(null);
  const attempt = (work: Promise<void>) => {
    setError(null);
    work.catch((thrown) => setError(toErrorData(thrown)));
  };
  const sizeBytes = isForPractice(image)
    ? SMALL_PRACTICE_DRIVE
    : practiceSize(image.inspection?.sizeBytes ?? null);
  return {
    error,
    make: () => attempt(app.createPractice(sizeBytes).then(onMade)),
    remove: (driveKey) => attempt(app.removePractice(driveKey)),
  };
}
