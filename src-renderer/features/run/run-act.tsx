import { useState } from "react";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { ErrorNotice } from "../ErrorNotice.tsx";

export type LogSwitch = { isOpen: boolean; open(): void; toggle(): void };

/** Something a run is asked to do, and what came of it. */
export function useRunAct() {
  const [error, setError] = useState<ErrorData | null>(null);
  return {
    attempt(work: Promise<void>) {
      setError(null);
      work.catch((thrown) => setError(toErrorData(thrown)));
    },
    failure: error && <ErrorNotice error={error} />,
  };
}
