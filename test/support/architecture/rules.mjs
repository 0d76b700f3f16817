import { builtIns, houses, packages } from "./arrows.mjs";

/**
 * @import { IRegularForbiddenRuleType } from "dependency-cruiser"
 * @import { Rows } from "./arrows.mjs"
 */

const sources = "^src-(?:main|renderer)/";
const ours = "^(?:src-main|src-renderer|test)/";

/**
 * A folder with all that is in it, or a file of that name.
 *
 * @param {string} name
 */
const place = (name) => `^${name}(?:/|[.])`;

/** @param {string} file */
const exactly = (file) => `^${file.replaceAll(".", "[.]")}$`;

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
 * One rule for the row, and one for each of its files that has exceptions.
 *
 * @param {typeof houses[number]} house
 * @param {string} room
 * @param {Rows} exceptions
 */
function rulesOfRoom({ home, rows }, room, exceptions) {
  const name = home + room;
  const allowed = rows[room] ?? [];
  const comment = `It may import: ${allowed.join(", ") || "nothing of ours"}.`;
  const free = [room, ...allowed].map((one) => place(home + one));
  const to = (/** @type {string[]} */ more) => ({
    path: home === "" ? ours : `^${home}`,
    pathNot: [...free, ...more.map(exactly)],
  });
  const own = Object.entries(exceptions).filter(([file]) => new RegExp(place(name)).test(file));
  const from = { path: place(name), pathNot: own.map(([file]) => exactly(file)) };
  return [
    forbid(name, comment, { from, to: to([]) }),
    ...own.map(([file, excused]) =>
      forbid(name, comment, { from: { path: exactly(file) }, to: to(excused) }),
    ),
  ];
}

/** @param {typeof houses[number]} house */
function noStrangers({ home, rows }) {
  const known = Object.keys(rows).map((name) => place(home + name));
  return forbid(`${home}?`, "It has no row in the table of arrows.", {
    from: { path: home === "" ? sources : `^${home}`, pathNot: known },
    to: {},
  });
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

const rulesOfStrangers = [
  ...Object.entries(builtIns).map((row) => onlyIn(row, { dependencyTypes: ["core"] })),
  ...Object.entries(packages).map((row) => onlyIn(row, { path: installed(row[0]) })),
  forbid("package", "It has no row in the table of packages.", {
    from: { path: sources },
    to: { path: "node_modules/", pathNot: Object.keys(packages).flatMap(installed) },
  }),
];

const circle = forbid("circle", "Files that import each other can only be read together.", {
  from: {},
  to: { circular: true },
});

const nowhere = forbid("nowhere", "What is not there has no folder that could be judged.", {
  from: {},
  to: { couldNotResolve: true },
});

/**
 * All rules, with these exceptions.
 *
 * @param {Rows} exceptions
 * @returns {IRegularForbiddenRuleType[]}
 */
export const rulesBut = (exceptions) => [
  ...houses.flatMap((house) => [
    ...Object.keys(house.rows).flatMap((room) => rulesOfRoom(house, room, exceptions)),
    noStrangers(house),
  ]),
  ...rulesOfStrangers,
  circle,
  nowhere,
];
