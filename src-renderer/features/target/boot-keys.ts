/** The key that shows a maker's boot menu, while the machine starts. */
export type BootKey = { maker: string; key: string };

export const bootKeys: BootKey[] = [
  { maker: "Dell", key: "F12" },
  { maker: "Lenovo", key: "F12" },
  { maker: "HP", key: "F9" },
  { maker: "Acer", key: "F12" },
  { maker: "ASUS", key: "Esc or F8" },
  { maker: "Framework", key: "F12" },
  { maker: "Fujitsu", key: "F12" },
  { maker: "Gigabyte", key: "F12" },
  { maker: "Intel NUC", key: "F10" },
  { maker: "MSI", key: "F11" },
  { maker: "Samsung", key: "Esc" },
  { maker: "Surface", key: "Volume down" },
  { maker: "Toshiba", key: "F12" },
];

/** The host's own maker first, where the catalog says it. */
export function bootKeysFor(host: string): BootKey[] {
  const own = bootKeys.filter(({ maker }) => host.toLowerCase().includes(maker.toLowerCase()));
  return [...own, ...bootKeys.filter((key) => !own.includes(key))];
}
