import { useState } from "react";
import { mayResume, type Run } from "#contract/runs.ts";
import { useApp, useRuns, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useKey } from "../use-key.ts";
import { RunDone } from "./RunDone.tsx";
import { RunEnded } from "./RunEnded.tsx";
import { RunUnderWay } from "./RunUnderWay.tsx";

export function RunScreen({ runId }: { runId: string }) {
  const { navigation } = useStores();
  const live = useApp((app) => app.runs.find((run) => run.id === runId));
  const log = useRuns((view) => view.logs[runId]);
  const run = live ?? (log?.state === "ready" ? log.run : undefined);
  const toStart = () => navigation.go({ place: "wizard" });
  if (!run) {
    return (
      <Screen title="This run is not here" left={<Button onClick={toStart}>Back to the start</Button>}>
        <p>It was put aside, or another station works on it.</p>
      </Screen>
    );
  }
  return <KnownRun run={run} />;
}

function KnownRun({ run }: { run: Run }) {
  const { runs } = useStores();
  const [isLogOpen, setLogOpen] = useState(false);
  const open = () => {
    void runs.openLog(run.id);
    setLogOpen(true);
  };
  const log = { isOpen: isLogOpen, open, toggle: () => (isLogOpen ? setLogOpen(false) : open()) };
  useKey("l", log.toggle);
  useKey("Escape", log.toggle, isLogOpen);
  if (run.status.state === "running") return <RunUnderWay run={run} log={log} />;
  if (run.status.state === "done") return <RunDone run={run} log={log} />;
  if (mayResume(run)) return <RunEnded run={run} log={log} />;
  return <RunPutAside run={run} />;
}

function RunPutAside({ run }: { run: Run }) {
  const { navigation } = useStores();
  return (
    <Screen
      title="This run was put aside"
      lead={`${run.serial} keeps what it was before. Start it anew whenever you like.`}
      right={
        <Button look="main" onClick={() => navigation.go({ place: "wizard" })}>
          Next device
        </Button>
      }
    >
      <p>Its log stays with the device.</p>
    </Screen>
  );
}
