// The devices of the fleet, as Floppy's own inventory describes them (src-main/contract/devices.ts).

/** @typedef {import("./report.mjs").Report} Report */
/** @typedef {{ state: string, error?: object }} Status */
/**
 * @typedef {object} Device
 * @property {string} serial
 * @property {string} host
 * @property {string | null} role
 * @property {string} hostname
 * @property {Status} status
 * @property {string | null} hostKey
 * @property {string | null} lastRunId
 * @property {string} createdAt
 * @property {string} updatedAt
 */

/** @param {Report} report @returns {Status} */
function statusOf({ ok, problems }) {
  if (ok) return { state: "flashed" };
  return {
    state: "failed",
    error: {
      code: "DEVICE_CHECK_FAILED",
      message: problems[0] ?? "The device found itself not to be as it should be.",
      hint: "Nothing was changed on it. Log in and run `floppy verify` to see every check.",
      details: { problems },
    },
  };
}

/**
 * A device as its newest report has it.
 * @param {Device | undefined} known The same device before the report.
 * @param {Report} report
 * @param {Date} now
 * @returns {Device}
 */
export function reported(known, report, now) {
  const { serial, host, role, hostname, hostKey, runId } = report;
  return {
    serial,
    host,
    role,
    hostname,
    status: statusOf(report),
    hostKey,
    lastRunId: runId,
    createdAt: known?.createdAt ?? now.toISOString(),
    updatedAt: now.toISOString(),
  };
}
