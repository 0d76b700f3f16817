import type { Handlers } from "#contract/api.ts";
import type { Device } from "#contract/devices.ts";
import { checkPair, targetName } from "./catalog/pairs.ts";
import { parseSerial, readSerial } from "./catalog/serial.ts";
import type { Current } from "./current.ts";
import { deviceUnknown, registered } from "./devices/register.ts";
import { removeDevice } from "./devices/remove.ts";
import type { DriveTasks } from "./drive-tasks/tasks.ts";
import { readManifest } from "./images/download.ts";
import { goBack } from "./images/go-back.ts";
import { inspectImage } from "./images/inspect.ts";
import { buildRequest } from "./images/obtain.ts";
import type { InstallCalls } from "./install/calls.ts";
import type { MediumCalls } from "./medium/calls.ts";
import type { Ports } from "./ports/ports.ts";
import { findDrive } from "./runs/admission.ts";
import type { Runs } from "./runs/runs.ts";

/** Nobody can take back a call that only looks; it ends by itself. */
const never = new AbortController().signal;

/** A handler for every call of the contract. */
export function createHandlers(world: {
  ports: Ports;
  current: Current;
  runs: Runs;
  calls: MediumCalls & InstallCalls;
  tasks: DriveTasks;
}): Handlers {
  const { ports, current, runs, calls, tasks } = world;
  const identify = async (text: string) => parseSerial(await current.catalog(), text);

  /** What is in the inventory can be looked at and removed, whatever has become of the catalog. */
  async function knownDevice(text: string): Promise<Device> {
    const device = await ports.inventory.device(readSerial(text));
    if (device) return device;
    throw deviceUnknown((await identify(text)).serial);
  }

  async function addDevice(text: string, roleName: string | null): Promise<Device> {
    const { serial, host, hostname } = await identify(text);
    const role = roleName === null ? null : checkPair(await current.catalog(), host.name, roleName).role.name;
    const at = ports.clock.now().toISOString();
    const device = await ports.inventory.registerDevice(
      registered({ serial, host: host.name, hostname, role, practice: false, at }),
    );
    // Added by hand it is meant, whatever was practised with its serial.
    if (device.practice) await ports.inventory.updateDevice(serial, { practice: false });
    if (role === null || device.role === role) return (await ports.inventory.device(serial)) ?? device;
    return ports.inventory.updateDevice(serial, { role });
  }

  async function snapshot() {
    const [loaded, machine, drives, devices, openRuns] = await Promise.all([
      current.loadedCatalog(),
      ports.machine(),
      ports.drives.list(),
      ports.inventory.devices(),
      runs.open(),
    ]);
    return {
      version: ports.version,
      machine,
      catalog: loaded.catalog,
      catalogSource: loaded.source,
      drives,
      driveTasks: tasks.list(),
      devices,
      runs: openRuns,
      settings: current.settings(),
      problems: current.problems(),
    };
  }

  return {
    "app.state": snapshot,
    "devices.list": () => ports.inventory.devices(),
    "drives.list": async () => {
      const [drives, openRuns] = await Promise.all([ports.drives.list(), runs.open()]);
      return { drives, runs: openRuns };
    },
    "catalog.reload": current.reloadCatalog,
    async "devices.identify"({ text }) {
      const { serial, host, hostname } = await identify(text);
      return { serial, host: host.name, hostname, known: await ports.inventory.device(serial) };
    },
    "devices.add": ({ serial, role }) => addDevice(serial, role),
    async "devices.show"({ serial }) {
      const device = await knownDevice(serial);
      return { device, runs: await ports.inventory.runsOf(device.serial) };
    },
    async "devices.remove"({ serial, removeConfirmed }) {
      return removeDevice(ports, (await knownDevice(serial)).serial, removeConfirmed);
    },
    "drives.createPractice": ({ sizeBytes }) => ports.practice.create(sizeBytes),
    async "drives.removePractice"({ driveKey }) {
      await runs.admission.refuseBusyDrive({ key: driveKey, name: "This practice drive" });
      await ports.practice.remove(driveKey);
      return {};
    },
    async "drives.identity"({ driveKey }) {
      const drive = await findDrive(ports.drives, driveKey);
      await runs.admission.refuseBusyDrive(drive);
      return ports.writer.identity(drive.identity, drive.writable, never);
    },
    "drives.test": tasks.test,
    "drives.save": tasks.save,
    "drives.restore": tasks.restore,
    async "drives.cancelTask"({ taskId }) {
      await tasks.cancel(taskId);
      return {};
    },
    async "drives.dismissTask"({ taskId }) {
      await tasks.dismiss(taskId);
      return {};
    },
    "images.inspect": ({ path }) => inspectImage(ports, path, () => undefined, never),
    async "images.practice"({ medium }) {
      return inspectImage(ports, await ports.practiceImages.image(medium, never), () => undefined, never);
    },
    async "images.preflight"({ host, role }) {
      const pair = checkPair(await current.catalog(), host, role);
      return ports.nix.preflight(buildRequest(ports, current.settings(), pair.host, targetName(pair)), never);
    },
    "images.manifest": () => readManifest(ports.downloads, current.trustedSettings(), never),
    "images.goBack": (input) => goBack(ports.downloads, current.trustedSettings(), input, never),
    "files.list": ({ path }) => ports.files.list(path),
    "runs.start": calls.start,
    "runs.startBatch": calls.startBatch,
    async "runs.cancel"({ runId }) {
      await runs.cancel(runId);
      return {};
    },
    "runs.resume": calls.resume,
    "runs.follow": calls.follow,
    async "runs.aim"(input) {
      await calls.aim(input);
      return {};
    },
    "runs.plan": calls.plan,
    async "runs.chooseDisk"(input) {
      await calls.chooseDisk(input);
      return {};
    },
    async "runs.dismiss"({ runId }) {
      await runs.dismiss(runId);
      return {};
    },
    "runs.show": ({ runId }) => runs.show(runId),
    "settings.update": current.updateSettings,
  };
}
