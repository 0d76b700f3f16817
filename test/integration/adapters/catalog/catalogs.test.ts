import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCatalogs } from "#adapters/catalog/catalogs.ts";
import { catalog as parser } from "#contract/catalog.ts";
import { fixtureFlake, type NixEnvironment, nixEnvironment } from "../../../support/nix.ts";

const bundledFlake = fileURLToPath(new URL("../../../../nixos", import.meta.url));
const bundledCopy = `${bundledFlake}/catalog.json`;

let nix: NixEnvironment;
beforeAll(async () => {
  nix = await nixEnvironment();
});
afterAll(() => nix.remove());

const withNix = () => createCatalogs({ bundledFlake, bundledCopy, env: nix.env });
const withoutNix = () => createCatalogs({ bundledFlake, bundledCopy, env: { ...nix.env, PATH: nix.folder } });
const readCopy = async () => parser.parse(JSON.parse(await readFile(bundledCopy, "utf8")));

describe("the bundled catalog", () => {
  test("says the same as its checked-in copy", async () => {
    const { catalog, source } = await withNix().load(null);
    expect(source).toEqual({ kind: "flake", flake: bundledFlake });
    expect(catalog, "nix eval --json --file catalog.nix > catalog.json").toEqual(await readCopy());
  });

  test("is the flake's output too, which needs none of its inputs", async () => {
    const { catalog } = await withNix().load(`path:${bundledFlake}`);
    expect(catalog).toEqual(await readCopy());
  });

  test("comes from the copy where nix is missing, with the reason", async () => {
    expect(await withoutNix().load(null)).toEqual({
      catalog: await readCopy(),
      source: { kind: "bundled", reason: "Nix is not installed on this machine." },
    });
  });

  test("comes from the copy where nix fails", async () => {
    const broken = createCatalogs({ bundledFlake: nix.folder, bundledCopy, env: nix.env });
    const { source } = await broken.load(null);
    expect(source).toMatchObject({ kind: "bundled", reason: expect.stringContaining("catalog.nix") });
  });
});

describe("Floppy's own flake that somebody changed", () => {
  const changed = async (from: string, to: string) => {
    const folder = await mkdtemp(join(nix.folder, "changed-"));
    const text = await readFile(join(bundledFlake, "catalog.nix"), "utf8");
    await writeFile(join(folder, "catalog.nix"), text.replace(from, to));
    return createCatalogs({ bundledFlake: folder, bundledCopy, env: nix.env });
  };

  test("is not replaced by its copy where a field is missing", async () => {
    const catalogs = await changed('label = "Seeed reTerminal";', "");
    await expect(catalogs.load(null)).rejects.toMatchObject({
      code: "CATALOG_UNREADABLE",
      message: expect.stringContaining("host 2 (reterminal): label is missing"),
    });
  });

  test("is not replaced by its copy where it does not evaluate", async () => {
    const catalogs = await changed("hosts = [", "hosts = [[");
    await expect(catalogs.load(null)).rejects.toMatchObject({
      code: "CATALOG_UNREADABLE",
      message: expect.stringContaining("syntax error"),
    });
  });
});

describe("another flake's catalog", () => {
  test("is read from its output", async () => {
    const { catalog, source } = await withNix().load(fixtureFlake);
    expect(source).toEqual({ kind: "flake", flake: fixtureFlake });
    expect(catalog.roles.map(({ name }) => name)).toContain("broken");
  });

  test("that cannot be read is an error with nix's own words, not the copy", async () => {
    await expect(withNix().load(`path:${nix.folder}/nowhere`)).rejects.toMatchObject({
      code: "CATALOG_UNREADABLE",
      message: expect.stringContaining("No such file or directory"),
    });
  });

  test("that has another shape is an error that says where", async () => {
    const flake = `${nix.folder}/odd`;
    await execa("mkdir", [flake]);
    await execa("tee", [`${flake}/flake.nix`], {
      input: `{ outputs = _: { floppy.catalog = { hosts = [ ]; roles = "none"; }; }; }`,
    });
    await expect(withNix().load(`path:${flake}`)).rejects.toMatchObject({
      code: "CATALOG_UNREADABLE",
      message: expect.stringContaining("hosts must not be empty; roles must be a list."),
    });
  });

  test("without nix is an error, not the copy", async () => {
    await expect(withoutNix().load(fixtureFlake)).rejects.toMatchObject({
      code: "CATALOG_UNREADABLE",
      details: { cause: "NIX_MISSING" },
    });
  });
});
