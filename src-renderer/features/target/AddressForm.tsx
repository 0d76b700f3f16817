import { useState } from "react";
import { toErrorData } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import styles from "./target.module.css";

/** For a network that keeps machines apart: the address on the screen, typed or scanned off its code. */
export function AddressForm({ run }: { run: Run }) {
  const { app } = useStores();
  const [text, setText] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  async function aim() {
    setError(undefined);
    try {
      await app.aimRun(run.id, text.trim());
    } catch (thrown) {
      const { message, hint } = toErrorData(thrown);
      setError(`${message} ${hint}`);
    }
  }
  return (
    <form
      className={styles.address}
      onSubmit={(event) => {
        event.preventDefault();
        void aim();
      }}
    >
      <TextField
        label="Its address"
        value={text}
        placeholder="192.168.1.47"
        maxLength={500}
        error={error}
        help="Type what its screen shows, or scan the code beside it."
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={text.trim() === ""}>
        Look there
      </Button>
    </form>
  );
}
