import type { CallInput, Handlers } from "#contract/api.ts";
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
import { type Look, shareLook } from "./looks.ts";
import type { MediumCalls } from "./medium/calls.ts";
import type { Ports } from "./ports/ports.ts";
import { findDrive } from "./runs/admission.ts";
import type { Runs } from "./runs/runs.ts";

/** Of a door that leaves no call alone. */
const never = new AbortController().signal;

/** A look as a handler. */
const handled =
  <Input, Output>(look: Look<Input, Output>) =>
  (input: Input, signal: AbortSignal = never) =>
    look(input, signal);

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
      ports.drives.shown(),
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

  const looks = {
    inspect: shareLook(({ path }: CallInput<"images.inspect">, signal) =>
      inspectImage(ports, path, () => undefined, signal),
    ),
    practice: shareLook(async ({ medium }: CallInput<"images.practice">, signal) =>
      inspectImage(ports, await ports.practiceImages.image(medium, signal), () => undefined, signal),
    ),
    preflight: shareLook(async ({ host, role }: CallInput<"images.preflight">, signal) => {
      const pair = checkPair(await current.catalog(), host, role);
      return ports.nix.preflight(
        buildRequest(ports, current.settings(), pair.host, targetName(pair)),
        signal,
      );
    }),
    manifest: shareLook((_: CallInput<"images.manifest">, signal) =>
      readManifest(ports.downloads, current.trustedSettings(), signal),
    ),
    folder: shareLook(({ path }: CallInput<"files.list">, signal) => ports.files.list(path, signal)),
    identity: shareLook(async ({ driveKey }: CallInput<"drives.identity">, signal) => {
      const drive = await findDrive(ports.drives, driveKey);
      await runs.admission.refuseBusyDrive(drive);
      return ports.writer.identity(drive.identity, drive.writable, signal);
    }),
  };

  return {
    "app.state": snapshot,
    "devices.list": () => ports.inventory.devices(),
    "drives.list": async () => {
      const [drives, openRuns] = await Promise.all([ports.drives.shown(), runs.open()]);
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
    "drives.identity": handled(looks.identity),
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
    "images.inspect": handled(looks.inspect),
    "images.practice": handled(looks.practice),
    "images.preflight": handled(looks.preflight),
    "images.manifest": handled(looks.manifest),
    "images.goBack": (input) => goBack(ports.downloads, current.trustedSettings(), input, never),
    "files.list": handled(looks.folder),
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
    "settings.show": async () => current.settings(),
    "settings.update": current.updateSettings,
  };
}
