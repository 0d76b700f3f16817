import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { namedImage, parseBuildProducts, productImage } from "#core/images/build-products.ts";

/** What was read, or `otherwise` where there is no such file or folder. */
async function orElse<Value>(reading: Promise<Value>, otherwise: Value): Promise<Value> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return otherwise;
    throw error;
  });
}

async function imageIn(storePath: string, folder: "sd-image" | "iso"): Promise<string | null> {
  const name = namedImage(folder, await orElse(readdir(join(storePath, folder)), []));
  return name && join(storePath, folder, name);
}

/** The image file in a store path: as its list of products says, else by its usual place and name. */
export async function findImage(storePath: string): Promise<string> {
  const products = await orElse(readFile(join(storePath, "nix-support/hydra-build-products"), "utf8"), "");
  const found =
    productImage(parseBuildProducts(products), storePath) ??
    (await imageIn(storePath, "sd-image")) ??
    (await imageIn(storePath, "iso"));
  if (found) return found;
  throw new FloppyError(
    "IMAGE_NOT_FOUND",
    `The build went well, but there is no image in ${storePath}.`,
    "Nothing was written to any drive. Its output needs sd-image/*.img or iso/*.iso; choose another target or an image file.",
    { storePath },
  );
}
