/** The key that shows a maker's boot menu while the machine starts. */
export type BootKey = { maker: string; key: string; act: "press" | "hold" };

const press = (maker: string, key: string): BootKey => ({ maker, key, act: "press" });
const hold = (maker: string, key: string): BootKey => ({ maker, key, act: "hold" });

export const bootKeys: readonly BootKey[] = [
  press("Dell", "F12"),
  press("Lenovo", "F12"),
  press("HP", "F9"),
  press("ASUS", "Esc or F8"),
  press("Acer", "F12"),
  press("MSI", "F11"),
  press("Gigabyte", "F12"),
  hold("Apple", "Option"),
  press("Intel NUC", "F10"),
  press("Framework", "F12"),
  hold("Microsoft Surface", "Volume down"),
  press("Toshiba", "F12"),
  press("Fujitsu", "F12"),
  press("Samsung", "Esc"),
];

/** What most makers chose, for a host whose name tells of none. */
const usual = press("most makers", "F12");

/** Of a host as the catalog names it: `dell Dell laptop`. */
export function bootKeyOf(host: string): BootKey {
  return bootKeys.find(({ maker }) => host.toLowerCase().includes(maker.toLowerCase())) ?? usual;
}

/** The top row of a keyboard, and which of it are to be pressed. */
export const topRow = ["Esc", ...Array.from({ length: 12 }, (_, index) => `F${index + 1}`)];

export function litKeys(key: string): string[] {
  const named = key.split(" or ");
  return topRow.filter((cap) => named.includes(cap));
}
