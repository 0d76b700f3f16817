import { dirname } from "node:path/posix";
import { builtIns, exceptions, houses, packages } from "./arrows.mjs";

/** @import { IRegularForbiddenRuleType, IViolation } from "dependency-cruiser" */

const sources = "^src-(?:main|renderer)/";
const ours = "^(?:src-main|src-renderer|test)/";

/**
 * A folder with all that is in it, or a file of that name.
 *
 * @param {string} name
 */
const place = (name) => `^${name}(?:/|[.])`;

/**
 * Where it is installed, or its bare name where it is not.
 *
 * @param {string} name
 */
const installed = (name) => [`node_modules/${name}/`, `^${name}(?:/|$)`];

/**
 * @param {string} name
 * @param {string} comment
 * @param {Pick<IRegularForbiddenRuleType, "from" | "to">} what
 * @returns {IRegularForbiddenRuleType}
 */
const forbid = (name, comment, what) => ({ name, comment, severity: "error", ...what });

/**
 * Each room's row, and one rule for what has none.
 *
 * @param {typeof houses[number]} house
 * @returns {IRegularForbiddenRuleType[]}
 */
function rulesOfHouse({ home, rows }) {
  const neighbours = home === "" ? ours : `^${home}`;
  const rooms = Object.entries(rows).map(([name, allowed]) =>
    forbid(`${home}${name}`, `It may import: ${allowed.join(", ") || "nothing of ours"}.`, {
      from: { path: place(home + name) },
      to: { path: neighbours, pathNot: [name, ...allowed].map((one) => place(home + one)) },
    }),
  );
  const strangers = forbid(`${home}?`, "It has no row in the table of arrows.", {
    from: {
      path: home === "" ? sources : `^${home}`,
      pathNot: Object.keys(rows).map((name) => place(home + name)),
    },
    to: {},
  });
  return [...rooms, strangers];
}

/**
 * @param {[name: string, allowed: string[]]} row
 * @param {IRegularForbiddenRuleType["to"]} to
 */
const onlyIn = ([name, allowed], to) =>
  forbid(name, `Only these may import it: ${allowed.join(", ")}.`, {
    from: { path: sources, pathNot: allowed.map(place) },
    to,
  });

/** @type {IRegularForbiddenRuleType[]} */
export const forbidden = [
  ...houses.flatMap(rulesOfHouse),
  ...Object.entries(builtIns).map((row) => onlyIn(row, { dependencyTypes: ["core"] })),
  ...Object.entries(packages).map((row) => onlyIn(row, { path: installed(row[0]) })),
  forbid("package", "It has no row in the table of packages.", {
    from: { path: sources },
    to: { path: "node_modules/", pathNot: Object.keys(packages).flatMap(installed) },
  }),
  forbid("circle", "Two files that import each other can only be read together.", {
    from: {},
    to: { circular: true },
  }),
  forbid("nowhere", "What is not there has no folder that could be judged.", {
    from: {},
    to: { couldNotResolve: true },
  }),
];

/** @type {IViolation[]} */
export const knownViolations = exceptions.map(([from, to]) => ({
  type: "dependency",
  from: `src-renderer/features/${from}`,
  to: `src-renderer/features/${to}`,
  rule: { name: `src-renderer/features/${dirname(from)}`, severity: "error" },
}));
