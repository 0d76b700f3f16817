import { useStore } from "zustand/react";
import type { ErrorData } from "#contract/errors.ts";
import { useStores } from "../stores/use-stores.ts";
import { Button } from "../ui/Button.tsx";
import { Waiting } from "../ui/Meter.tsx";
import { Screen } from "../ui/Screen.tsx";
import { ErrorNotice } from "./ErrorNotice.tsx";
import styles from "./shell/Shell.module.css";
import { Shell } from "./shell/Shell.tsx";

/** Nothing is shown of Floppy before its state is here. */
export function App() {
  const { app } = useStores();
  const view = useStore(app);
  if (view.state === "ready") return <Shell connection={view.connection} />;
  return (
    <main className={styles.alone}>
      {view.state === "loading" ? (
        <Screen title="Floppy">
          <Waiting>Reading the bench…</Waiting>
        </Screen>
      ) : (
        <Unavailable error={view.error} />
      )}
    </main>
  );
}

function Unavailable({ error }: { error: ErrorData }) {
  const { app } = useStores();
  const words =
    error.code === "UNAUTHORIZED"
      ? { title: "This browser is not let in", lead: "Open the address that the station printed." }
      : { title: "Floppy does not answer", lead: "This page keeps trying." };
  const again = (
    <Button look="main" onClick={() => void app.load()}>
      Try again
    </Button>
  );
  return (
    <Screen {...words} right={again}>
      <ErrorNotice error={error} />
    </Screen>
  );
}
