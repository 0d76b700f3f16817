import { execa } from "execa";

/** Detaches the loop devices over files below `folder`: the practice drives that a test made there. */
export async function detachLoopsBelow(folder: string): Promise<void> {
  const { stdout } = await execa("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"]);
  for (const line of stdout.split("\n")) {
    const [device, file] = line.trim().split(/\s+/);
    if (device && file?.startsWith(`${folder}/`)) await execa("losetup", ["--detach", device]);
  }
}
