// `npm test`: brings what the tests need, runs all of them, and ends with one line of counts.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { downloadElectron, electronProgram } from "../src-main/launch/electron.mjs";
import { projectEnvironment } from "../src-main/launch/environment.mjs";
import { installPackages, packagesAreInstalled } from "../src-main/launch/packages.mjs";
import { debianPackages, installDebianPackages, missingPackages } from "./setup/debian.mjs";
import { describeLeftovers, findLeftovers, RUN_MARK, removeLeftovers } from "./setup/leftovers.mjs";
import { add, isGreen, needsElectron, noResults, summary, tally } from "./setup/results.mjs";

const STEP_LIMIT_MS = 45 * 60_000;
const ELECTRON_LIMIT_MS = 3 * 60_000;
const LEFTOVER_GRACE_MS = 5_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const mark = randomUUID();
const folder = mkdtempSync(join(tmpdir(), "floppy-test-"));
// Some tests act as a user without rights, who has to get in here.
chmodSync(folder, 0o755);
const env = projectEnvironment(root, { TMPDIR: folder, [RUN_MARK]: mark });

let results = noResults();

/** @param {string} text */
const say = (text) => console.log(`\n== ${text}`);

/** @param {boolean} ok */
const count = (ok) => {
  results = add(results, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] });
};

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const started = Date.now();
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ["ignore", "inherit", "inherit"],
    timeout: STEP_LIMIT_MS,
  });
  if (error) console.log(`${command}: ${error.message}`);
  console.log(`${command} took ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return status === 0;
}

function bringDebianPackages() {
  const missing = missingPackages();
  if (missing === null) {
    say(`This is no Debian; the tests need what these packages hold: ${debianPackages.join(" ")}`);
    return true;
  }
  if (missing.length === 0) return true;
  say(`Installing Debian packages: ${missing.join(" ")}`);
  const installed = installDebianPackages(missing);
  if (!installed.ok) console.log(installed.reason);
  return installed.ok;
}

function bringNpmPackages() {
  if (packagesAreInstalled(root)) return true;
  say("Installing npm packages");
  const installed = installPackages(root);
  if (!installed.ok) console.log(installed.output);
  return installed.ok;
}

/** @param {string} project */
function runProject(project) {
  say(`Tests: ${project}`);
  const file = join(folder, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const exitedWell = run("vitest", ["run", "--project", project, ...reporters]);
  results = add(results, tally(readReport(file), exitedWell));
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Processes need a moment to end after the one that started them. */
async function checkLeftovers() {
  const deadline = Date.now() + LEFTOVER_GRACE_MS;
  let leftovers = findLeftovers(mark, folder);
  while (describeLeftovers(leftovers).length > 0 && Date.now() < deadline) {
    await delay(100);
    leftovers = findLeftovers(mark, folder);
  }
  const described = describeLeftovers(leftovers);
  if (described.length > 0) say(`Left behind by the tests:\n${described.join("\n")}`);
  removeLeftovers(leftovers);
  count(described.length === 0);
}

async function runEverything() {
  say("Electron");
  const electron = electronProgram(root) ?? downloadElectron(root, env, ELECTRON_LIMIT_MS);
  console.log(electron ?? "Its program is not here and cannot be downloaded.");
  say("Lint");
  count(run("npm", ["run", "--silent", "lint"]));
  say("Types");
  count(run("tsc", ["-b"]));
  say("Build");
  count(run("npm", ["run", "--silent", "build"]));
  for (const project of ["unit", "integration", "e2e", "lab"]) runProject(project);
  await checkLeftovers();
  return electron !== null;
}

/** @param {boolean} electronIsHere */
function explainSkipped(electronIsHere) {
  const isExcused = (/** @type {string} */ test) =>
    !electronIsHere && needsElectron(test.split(": ")[0] ?? "");
  const excused = results.skipped.filter(isExcused);
  const others = results.skipped.filter((test) => !isExcused(test));
  if (excused.length > 0)
    say(`${excused.length} true-Electron tests did not run: there is no Electron program here.`);
  if (others.length > 0) say(`Skipped, which counts as failure:\n${others.join("\n")}`);
}

const ready = bringDebianPackages() && bringNpmPackages();
const electronIsHere = ready && (await runEverything());
if (!ready) count(false);
explainSkipped(electronIsHere);
rmSync(folder, { recursive: true, force: true });
console.log(`\n${summary(results)}`);
process.exitCode = isGreen(results, electronIsHere) ? 0 : 1;
