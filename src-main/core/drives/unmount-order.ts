/** Where a mount hangs in the tree of mounts of one namespace; `targetBytes` is its path, one character a byte. */
export type Placed = { id: number; parent: number; targetBytes: string };

export type UnmountPlan<Kind> = { order: Kind[]; inTheWay: Kind[] };

/**
 * The order in which to unmount what is ours, and what of others lies on it, in it, or over the way to it. Unmounting
 * goes by path and takes what lies on top there: with anything in the way, something else would be unmounted.
 */
export function planUnmount<Kind extends Placed>(
  all: readonly Kind[],
  isOwn: (mount: Kind) => boolean,
): UnmountPlan<Kind> {
  const left = new Set(all.filter(isOwn));
  const above = new Map([...left].map((mount) => [mount, liesAbove(all, mount)]));
  const inTheWay = new Set([...above.values()].flat().filter((mount) => !isOwn(mount)));
  const order: Kind[] = [];
  const isFree = (mount: Kind) => !above.get(mount)?.some((one) => left.has(one));
  for (let next = [...left].findLast(isFree); next; next = [...left].findLast(isFree)) {
    left.delete(next);
    order.push(next);
  }
  return { order, inTheWay: [...inTheWay, ...left] };
}

function liesAbove<Kind extends Placed>(all: readonly Kind[], mount: Kind): Kind[] {
  return [...all.filter(({ parent }) => parent === mount.id), ...hides(all, mount)];
}

/** At each turn of the way down to a mount: what else hangs there, and covers where the way goes on. */
function hides<Kind extends Placed>(all: readonly Kind[], mount: Kind): Kind[] {
  const found: Kind[] = [];
  const visited = new Set<Kind>();
  for (let step: Kind | undefined = mount; step && !visited.has(step); ) {
    const { id, parent, targetBytes }: Placed = step;
    visited.add(step);
    const covering = all.filter(
      (one) => one.parent === parent && one.id !== id && covers(one.targetBytes, targetBytes),
    );
    found.push(...covering);
    step = all.find((one) => one.id === parent && one.id !== id);
  }
  return found;
}

/** What is mounted on the root itself hides nothing from a process whose root lies beneath. */
function covers(target: string, path: string): boolean {
  return target !== "/" && (path === target || path.startsWith(`${target}/`));
}
