// The status report of a device: what is taken from it, and in what form.

/**
 * @typedef {object} Report
 * @property {string} serial
 * @property {string} host
 * @property {string | null} role
 * @property {string} hostname
 * @property {string | null} runId
 * @property {string | null} hostKey Public SSH host key, as in authorized_keys.
 * @property {boolean} ok
 * @property {string[]} problems A sentence each, the gravest first; none if ok.
 */

/** A report that is not taken; the message names what is wrong. */
export class WrongReport extends Error {}

const name = /^[a-z][a-z0-9-]{0,62}$/;
const hostKey = /^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}( \P{C}*)?$/u;

/** @param {unknown} value @param {RegExp} form @param {number} longest */
const matches = (value, form, longest) =>
  typeof value === "string" && value.length <= longest && form.test(value);

/** @type {Record<keyof Report, (value: unknown) => boolean>} */
const fields = {
  serial: (value) => matches(value, /^FLOPPY-[A-Z]{3}-\d{5}$/, 16),
  host: (value) => matches(value, name, 63),
  role: (value) => value === null || matches(value, name, 63),
  hostname: (value) => matches(value, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 63),
  runId: (value) => value === null || matches(value, /^[A-Za-z0-9-]+$/, 100),
  hostKey: (value) => value === null || matches(value, hostKey, 1000),
  ok: (value) => typeof value === "boolean",
  problems: (value) => Array.isArray(value) && value.every((problem) => typeof problem === "string"),
};

/**
 * A device in trouble must be heard, so what it complains of is made fit to show and never refused.
 * @param {string[]} problems
 */
const fitToShow = (problems) =>
  problems.slice(0, 50).map((problem) => problem.replace(/\p{C}+/gu, " ").slice(0, 500));

/** @param {string} body */
function parseObject(body) {
  try {
    const value = JSON.parse(body);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, with whatever else is no object.
  }
  throw new WrongReport("The report is not a JSON object.");
}

/**
 * Further fields are ignored, so that devices may tell more than this version keeps.
 * @param {string} body
 * @returns {Report}
 * @throws {WrongReport}
 */
export function parseReport(body) {
  const found = parseObject(body);
  if (found.version !== 1) throw new WrongReport("The report's version is not 1.");
  for (const [field, isRight] of Object.entries(fields))
    if (!isRight(found[field])) throw new WrongReport(`The report's ${field} is missing or wrong.`);
  const { serial, host, role, hostname, runId, hostKey, ok, problems } = found;
  return { serial, host, role, hostname, runId, hostKey, ok, problems: fitToShow(problems) };
}
