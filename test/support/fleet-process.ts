/** The fleet API as its systemd service starts it: a process with a state folder of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";

const program = resolve(import.meta.dirname, "../../nixos/packages/floppy-fleet/src/main.mjs");

export type FleetProcess = {
  url: string;
  folder: string;
  /** As a power cut would end it. */
  kill(): Promise<void>;
  /** As systemd ends it; resolves to its exit code. */
  stop(): Promise<number | undefined>;
};

export const newFleetFolder = () => mkdtemp(join(tmpdir(), "floppy-fleet-"));
export const removeFleetFolder = (folder: string) => rm(folder, { recursive: true, force: true });

/** Its files in `folder`: `token`, which is made if it is not there, and `devices.json`. */
export async function startFleet(folder: string, ...options: string[]): Promise<FleetProcess> {
  const files = [
    "--make-token",
    "--token-file",
    join(folder, "token"),
    "--state-file",
    join(folder, "devices.json"),
  ];
  const fleet = execa(process.execPath, [program, "--port", "0", ...files, ...options], { reject: false });
  const url = await new Promise<string>((found, reject) => {
    createInterface({ input: fleet.stdout }).on("line", (line) => {
      const printed = /^Fleet API: (\S+)$/.exec(line)?.[1];
      if (printed) found(printed);
    });
    fleet.then(({ stderr }) => reject(new Error(`The fleet API did not start: ${stderr}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    fleet.kill(signal);
    return (await fleet).exitCode;
  };
  return {
    url,
    folder,
    kill: async () => {
      await end("SIGKILL");
    },
    stop: () => end("SIGTERM"),
  };
}
