import type { ReactNode } from "react";
import styles from "./boot.module.css";

const troubles: { sign: string; help: ReactNode }[] = [
  {
    sign: "It goes straight to Windows, or whatever was on it",
    help: "Switch it off wholly: hold Shift while you choose “Shut down”. Then tap the key from the moment you switch it on.",
  },
  {
    sign: "It refuses the stick, or does not list it",
    help: "Turn off Secure Boot in its setup (F2, Del or Esc), and allow starting from USB. Then try another port, without a hub.",
  },
  {
    sign: "Nothing but a black screen",
    help: "Give it two minutes. Then start again, and take the entry with “UEFI”. If it stays black, turn on UEFI and turn off “legacy” or “CSM” in its setup.",
  },
  {
    sign: "It shows no address",
    help: "Plug in a network cable from the same network as this computer. Without one it takes the Wi-Fi that was set in Settings when the stick was written.",
  },
  {
    sign: "It shows another serial",
    help: "That is another device’s stick. Take the one that was written for this device.",
  },
];

/** What may go wrong with a machine before Floppy can see anything of it. */
export function Troubles() {
  return (
    <div className={styles.troubles}>
      {troubles.map(({ sign, help }) => (
        <details key={sign}>
          <summary>{sign}</summary>
          <p>{help}</p>
        </details>
      ))}
    </div>
  );
}
