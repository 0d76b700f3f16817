import { type BlockDevices, mountsOn, stackOn } from "./block-devices.ts";

/** Where people and desktops mount sticks. What is mounted anywhere else belongs to the running system. */
const personalPlaces = /^\/(mnt(\/|$)|media\/|run\/media\/|tmp\/)/;

/** What the running system uses of a device at any depth: mount points, and `swap`. Empty: it can do without. */
export function systemUses(found: BlockDevices, name: string): string[] {
  const stack = stackOn(found, name);
  const mounted = mountsOn(found, name)
    .map((mount) => mount.target)
    .filter((target) => !personalPlaces.test(target));
  const swapping = found.swaps.some((swap) => swap.devices.some((device) => stack.has(device)));
  return swapping ? [...mounted, "swap"] : mounted;
}
