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

const name = /^[a-z][a-z0-9-]{0,62}$/;
const text = /^\P{C}{1,500}$/u;
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
  problems: (value) =>
    Array.isArray(value) && value.length <= 50 && value.every((problem) => matches(problem, text, 500)),
};

/** @param {string} body */
function parseObject(body) {
  try {
    const value = JSON.parse(body);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, with whatever else is no object.
  }
  throw new TypeError("The report is not a JSON object.");
}

/**
 * Further fields are ignored, so that devices may tell more than this version keeps.
 * @param {string} body
 * @returns {Report}
 * @throws {TypeError} with a message that names what is wrong
 */
export function parseReport(body) {
  const found = parseObject(body);
  if (found.version !== 1) throw new TypeError("The report's version is not 1.");
  const taken = Object.entries(fields).map(([field, isRight]) => {
    if (!isRight(found[field])) throw new TypeError(`The report's ${field} is missing or wrong.`);
    return [field, found[field]];
  });
  return Object.fromEntries(taken);
}
