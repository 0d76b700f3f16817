import { locateResources } from "../resources.ts";
import { installWriter } from "./installed.ts";

/** Installs the writer of the Floppy that is running; its folder. */
export function installOwnWriter(): Promise<string> {
  return installWriter(locateResources(import.meta.dirname).writer);
}
