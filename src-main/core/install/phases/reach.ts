import { FloppyError } from "#contract/errors.ts";
import { fingerprint } from "#contract/fingerprint.ts";
import type { TargetAddress } from "#contract/targets.ts";
import type { Phase } from "../../runs/kind.ts";
import { addressText } from "../in-turns.ts";
import { installationOf, learn } from "../installation.ts";
import { addressQuestion } from "../questions.ts";
import { alreadyInstalled, onTarget, type Work } from "../work.ts";

/** Which device of the inventory a stranger's host key belongs to. */
async function ownerOf({ ports }: Work, found: string): Promise<string | null> {
  for (const { serial, hostKey } of await ports.inventory.devices())
    if (hostKey !== null && (await fingerprint(hostKey)) === found) return serial;
  return null;
}

/** Refuses, loudly, whoever answers at an address that a person gave and is not the stick's machine. */
async function refuseStranger(work: Work, address: TargetAddress): Promise<void> {
  const found = await work.ports.remote.fingerprint(address, work.signal);
  const expected = await fingerprint(work.secrets.hostKey.publicKey);
  if (found === null || found === expected) return;
  await learn(work, { address: null });
  const owner = await ownerOf(work, found);
  throw new FloppyError(
    "HOST_KEY_WRONG",
    owner
      ? `${addressText(address)} is ${owner}, not the machine that was booted from this stick.`
      : `${addressText(address)} is not the machine that was booted from this stick: its host key is another.`,
    "Floppy did not log in, and nothing was sent there. Compare the fingerprint with the one on the machine’s screen, and give the address shown beside it.",
    { address: addressText(address), expected, found, owner },
  );
}

/** Finds the target and makes sure that it is the one: its host key is the stick's, and it runs the stick's system. */
export const reach: Phase<Work> = {
  name: "reach",
  needs: ["verify"],
  meanwhile: { state: "awaited" },
  leaves: () => ({ state: "awaited" }),
  async perform(work) {
    const { recorder, questions, link, patience } = work;
    await recorder.begin("reach");
    const given = questions.of(addressQuestion).peel();
    if (given) await learn(work, { address: given });
    const { address } = installationOf(work);
    if (address) await refuseStranger(work, address);
    const { who } = await onTarget(work, async (connected) => connected, patience.reachMs);
    if (!who.live) {
      link.close();
      throw alreadyInstalled(work);
    }
    await learn(work, { bootId: who.bootId });
    const reached = installationOf(work).address;
    await recorder.finish("reach", `${reached ? addressText(reached) : "found"} · key matches`);
  },
};
