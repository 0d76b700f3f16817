export type BuildProduct = { kind: string; path: string };

/** What a build offers, in the order that `nix-support/hydra-build-products` names it. */
export function parseBuildProducts(text: string): BuildProduct[] {
  return text.split("\n").flatMap((line) => {
    const [, type, kind, quoted, bare] = /^(\S+)\s+(\S+)\s+(?:"([^"]+)"|(\S+))/.exec(line) ?? [];
    const path = quoted ?? bare;
    return type === "file" && kind && path ? [{ kind, path }] : [];
  });
}

/** The image among the products, if it lies in the store path that was built. */
export function productImage(products: BuildProduct[], storePath: string): string | null {
  const images = products.filter(({ kind }) => kind === "sd-image" || kind === "iso");
  const inside = images.filter(({ path }) => path.startsWith(`${storePath}/`) && !path.includes("/../"));
  return inside[0]?.path ?? null;
}

/** The image among the names in `sd-image/` or `iso/`, where no list of products tells. */
export function namedImage(folder: "sd-image" | "iso", names: string[]): string | null {
  const form = folder === "sd-image" ? /\.img(\.[a-z0-9]+)?$/i : /\.iso(\.[a-z0-9]+)?$/i;
  return names.filter((name) => form.test(name)).toSorted()[0] ?? null;
}
