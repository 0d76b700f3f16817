import type { Run } from "#contract/runs.ts";
import { noAim } from "../../stores/target-store.ts";
import { useStores, useTarget } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import styles from "./target.module.css";

/** For a network that keeps machines apart: the address on the screen, typed or scanned off its code. */
export function AddressForm({ run }: { run: Run }) {
  const { target } = useStores();
  const { text, state, error } = useTarget((view) => view.aims[run.id]) ?? noAim;
  return (
    <form
      className={styles.address}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") void target.aim(run.id, text);
      }}
    >
      <TextField
        label="Its address"
        value={text}
        placeholder="192.168.1.47"
        maxLength={500}
        error={error ? `${error.message} ${error.hint}` : undefined}
        help={
          state === "sent"
            ? "Floppy asks there now."
            : "Type what its screen shows, or scan the code beside it: from anywhere in Floppy."
        }
        onChange={(event) => target.type(run.id, event.target.value)}
      />
      <Button type="submit" disabled={text.trim() === "" || state === "sending"}>
        Look there
      </Button>
    </form>
  );
}
