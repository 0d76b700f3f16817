/**
 * @typedef {{ passed: number, failed: number, skipped: string[] }} Results `skipped` names each test.
 * @typedef {{ status: string, fullName: string }} Assertion
 * @typedef {{ name: string, status: string, assertionResults: Assertion[] }} TestFile
 * @typedef {{ success: boolean, testResults: TestFile[] }} Report What Vitest's JSON reporter writes.
 */

/** @param {string} file */
export function needsElectron(file) {
  return /test\/e2e\/electron\/[^/]+\.true-electron\.test\.ts$/.test(file);
}

/** @returns {Results} */
export function noResults() {
  return { passed: 0, failed: 0, skipped: [] };
}

/**
 * @param {Results} left
 * @param {Results} right
 * @returns {Results}
 */
export function add(left, right) {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: [...left.skipped, ...right.skipped],
  };
}

/**
 * @param {TestFile} file
 * @returns {Results}
 */
function tallyFile(file) {
  const having = (/** @type {string} */ status) =>
    file.assertionResults.filter((assertion) => assertion.status === status);
  const passed = having("passed").length;
  const failed = having("failed").length;
  const skipped = file.assertionResults
    .filter(({ status }) => status !== "passed" && status !== "failed")
    .map(({ fullName }) => `${file.name}: ${fullName}`);
  // A file that could not even be loaded has no tests to count; it failed as one.
  return { passed, failed: failed === 0 && file.status === "failed" ? 1 : failed, skipped };
}

/**
 * Counts what ran. A missing report, a run without tests, and a run that failed outside of any test
 * each count as one failure.
 *
 * @param {Report | null} report
 * @param {boolean} exitedWell
 */
export function tally(report, exitedWell) {
  const counted = (report?.testResults ?? []).map(tallyFile).reduce(add, noResults());
  const ran = counted.passed + counted.failed + counted.skipped.length > 0;
  const explained = counted.failed > 0 || (exitedWell && report?.success === true && ran);
  return explained ? counted : { ...counted, failed: counted.failed + 1 };
}

/** @param {Results} results */
export function summary({ passed, failed, skipped }) {
  const counts = `${passed} passed, ${failed} failed`;
  return skipped.length > 0 ? `${counts}, ${skipped.length} skipped` : counts;
}

/**
 * Green is: something passed, nothing failed, and nothing was left out but what this machine cannot have.
 *
 * @param {Results} results
 * @param {boolean} electronIsHere
 */
export function isGreen({ passed, failed, skipped }, electronIsHere) {
  const excused = skipped.every((test) => !electronIsHere && needsElectron(test.split(": ")[0] ?? ""));
  return passed > 0 && failed === 0 && excused;
}
