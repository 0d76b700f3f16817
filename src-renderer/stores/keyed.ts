/** Where each item of a list lies by its key; a list that grew out of another one shares what is known of it. */
const known = new WeakMap<readonly unknown[], Map<string, number>>();

function indexOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  return new Map(items.map((item, place) => [keyOf(item), place]));
}

/** The list with that item in place of the one with its key, or behind all others; costs no search. */
export function upsert<Item>(items: Item[], item: Item, keyOf: (item: Item) => string): Item[] {
  const key = keyOf(item);
  const holdsAt = (place: number | undefined) =>
    place === undefined || items.slice(place, place + 1).some((one) => keyOf(one) === key);
  const shared = known.get(items);
  // Of two lists that grew out of one, each may have something else in the same place.
  const places = shared && holdsAt(shared.get(key)) ? shared : indexOf(items, keyOf);
  const place = places.get(key);
  const next = place === undefined ? [...items, item] : items.with(place, item);
  if (place === undefined) places.set(key, items.length);
  known.set(next, places);
  return next;
}
