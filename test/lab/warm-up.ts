import { installerIso } from "./stick.ts";

/** What all files of the lab share is made before two of them want it at once. */
export default async function warmUp(): Promise<void> {
  await installerIso();
}
