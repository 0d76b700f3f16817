import { mediumFiles, targetIdentity } from "../../identity/medium-identity.ts";
import { broken, type Phase } from "../../runs/kind.ts";
import { receiveFlake, receiveIdentity } from "../system-commands.ts";
import { onLiveTarget, type Work } from "../work.ts";

/** Brings the flake and the device's identity onto the new disk. */
export const configure: Phase<Work> = {
  name: "configure",
  needs: ["mount"],
  meanwhile: { state: "installing" },
  leaves: broken,
  async perform(work) {
    const { recorder, ports, settings, hostname, secrets, signal } = work;
    await recorder.begin("configure");
    const run = recorder.current();
    const identity = targetIdentity(run, hostname, settings, secrets.runKey.publicKey);
    const files = mediumFiles(identity, secrets.hostKey).map(({ path, content }) => ({
      path: path.slice(path.lastIndexOf("/") + 1),
      content,
    }));
    await onLiveTarget(work, "mount", async ({ target }) => {
      const step = (done: number, purpose: string) =>
        recorder.progress("configure", { kind: "commands", done, total: 2, purpose, said: null });
      step(0, receiveFlake.purpose);
      await target.perform(receiveFlake, { input: ports.systems.archive({ stagedFor: run.id }, signal) });
      step(1, receiveIdentity.purpose);
      await target.perform(receiveIdentity, { input: ports.systems.archive({ files }, signal) });
    });
    if (settings.authorizedKeys.length === 0) {
      recorder.log(
        "warning",
        "No SSH key is set in Settings: nobody will be able to log in to this device over SSH.",
      );
    }
    await recorder.finish("configure", "flake and identity copied");
  },
};
