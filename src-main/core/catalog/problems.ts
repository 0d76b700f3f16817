import type { z } from "zod";
import { type Catalog, catalog as parser } from "#contract/catalog.ts";

export type ReadCatalog = { catalog: Catalog; problems: [] } | { catalog: null; problems: string[] };

type Issue = z.core.$ZodIssue;

const entries: Record<string, string> = { hosts: "host", roles: "role" };
const kinds: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  object: "a set",
  record: "a set",
  string: "text",
};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (within, key) => (within instanceof Object ? Reflect.get(within, key) : undefined),
    value,
  );
}

function complaint(value: unknown, issue: Issue): string {
  if (valueAt(value, issue.path) === undefined) return "is missing";
  return issue.code === "invalid_type" ? `must be ${kinds[issue.expected] ?? issue.expected}` : issue.message;
}

/** As `host 3 (pi): label is missing`: by place, since a name may be what is wrong, and by name where there is one. */
function describe(value: unknown, issue: Issue): string {
  const { path } = issue;
  const [list, index, ...field] = path;
  if (list === undefined) return issue.code === "custom" ? issue.message : "it is no set of hosts and roles";
  if (typeof index !== "number") return `${path.join(".")} ${complaint(value, issue)}`;
  const entry = `${entries[String(list)]} ${index + 1}`;
  if (field.length === 0) return `${entry} ${complaint(value, issue)}`;
  const name = valueAt(value, [list, index, "name"]);
  const called = typeof name === "string" ? ` (${name})` : "";
  return `${entry}${called}: ${field.join(".")} ${complaint(value, issue)}`;
}

/** A catalog as a whole, or everything that is wrong with it, in words that say where. */
export function readCatalog(value: unknown): ReadCatalog {
  const parsed = parser.safeParse(value);
  if (parsed.success) return { catalog: parsed.data, problems: [] };
  return { catalog: null, problems: parsed.error.issues.map((issue) => describe(value, issue)) };
}
