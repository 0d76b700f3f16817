import type { Catalog, CatalogSource, Role } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import { refusal } from "#core/catalog/pairs.ts";
import { type Context, withCatalog } from "../context.ts";
import { table } from "../table.ts";

function describeSource(source: CatalogSource): string {
  return source.kind === "flake"
    ? `From ${source.flake}.`
    : `The copy that comes with Floppy: ${source.reason}`;
}

function suitedHosts(catalog: Catalog, role: Role): string {
  const suited = catalog.hosts.filter((host) => refusal(host, role) === null);
  return suited.map(({ name }) => name).join(", ");
}

function describe(catalog: Catalog, source: CatalogSource): string {
  const hosts = catalog.hosts.map((host) => [host.name, host.prefix, host.system, host.medium, host.label]);
  const roles = catalog.roles.map((role) => [
    role.name,
    role.purpose,
    role.desktop,
    suitedHosts(catalog, role),
  ]);
  return [
    table(["Host", "Prefix", "System", "Medium", "Hardware"], hosts),
    table(["Role", "Purpose", "Desktop", "Hosts"], roles),
    describeSource(source),
  ].join("\n\n");
}

export async function catalog(context: Context): Promise<void> {
  await withCatalog(context, async (floppy) => {
    const { catalog, catalogSource, problems } = await floppy.handlers["app.state"]({});
    // A script must never be told of another flake's roles.
    const unreadable = problems.find(({ code }) => code === "CATALOG_UNREADABLE");
    if (unreadable) throw FloppyError.from(unreadable);
    context.report.result({ catalog, source: catalogSource }, describe(catalog, catalogSource));
  });
}
