import { installerIso } from "./stick.ts";
import { bootMachines } from "./usb/guest.ts";

/** What all files of the lab share is made before two of them want it at once. */
export default async function warmUp(): Promise<void> {
  await installerIso();
  await bootMachines();
}
