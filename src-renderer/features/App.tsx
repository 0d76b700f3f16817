import { useStore } from "zustand/react";
import { useStores } from "../stores/use-stores.ts";
import { Button } from "../ui/Button.tsx";
import { Waiting } from "../ui/Meter.tsx";
import { Screen } from "../ui/Screen.tsx";
import { ErrorNotice } from "./ErrorNotice.tsx";
import { Shell } from "./shell/Shell.tsx";

/** Nothing is shown of Floppy before its state is here. */
export function App() {
  const { app } = useStores();
  const view = useStore(app);
  if (view.state === "ready") return <Shell connection={view.connection} />;
  if (view.state === "loading") {
    return (
      <Screen title="Floppy">
        <Waiting>Reading the bench…</Waiting>
      </Screen>
    );
  }
  const again = (
    <Button look="main" onClick={() => void app.load()}>
      Try again
    </Button>
  );
  if (view.error.code === "UNAUTHORIZED") {
    return (
      <Screen
        title="This browser is not let in"
        lead="Open the address that the station printed."
        right={again}
      >
        <ErrorNotice error={view.error} />
      </Screen>
    );
  }
  return (
    <Screen title="Floppy does not answer" lead="This page keeps trying." right={again}>
      <ErrorNotice error={view.error} />
    </Screen>
  );
}
