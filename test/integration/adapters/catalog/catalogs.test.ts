import { readFile } from "node:fs/promises";
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
      message: expect.stringMatching(/hosts[\s\S]*roles/),
    });
  });

  test("without nix is an error, not the copy", async () => {
    await expect(withoutNix().load(fixtureFlake)).rejects.toMatchObject({
      code: "CATALOG_UNREADABLE",
      details: { cause: "NIX_MISSING" },
    });
  });
});
