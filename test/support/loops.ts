import { execa } from "execa";

/** The loop devices over files below `folder`: the practice drives that a test made there. */
export async function loopsBelow(folder: string): Promise<{ device: string; file: string }[]> {
  const { stdout } = await execa("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([device, file]) =>
    device && file?.startsWith(`${folder}/`) ? [{ device, file }] : [],
  );
}

export async function detachLoopsBelow(folder: string): Promise<void> {
  for (const { device } of await loopsBelow(folder)) await execa("losetup", ["--detach", device]);
}
