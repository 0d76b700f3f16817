import type { Device } from "#contract/devices.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import { type Context, withFloppy } from "../context.ts";
import { table } from "../table.ts";

function status({ status, practice }: Device): string {
  const word = status.state === "failed" ? `failed: ${status.error.message}` : status.state;
  return practice ? `${word} (practice)` : word;
}

function deviceTable(devices: Device[]): string {
  const rows = devices.map((device) => [
    device.serial,
    device.host,
    device.role ?? "–",
    status(device),
    device.updatedAt,
  ]);
  return table(["Serial", "Host", "Role", "Status", "Since"], rows);
}

function runTable(runs: Run[]): string {
  const rows = runs.map((run) => [run.startedAt, run.target, run.drive.name, run.status.state, run.id]);
  return table(["Started", "Target", "Drive", "Outcome", "Run"], rows);
}

function describe(device: Device, runs: Run[]): string {
  const facts = table(
    ["Serial", device.serial],
    [
      ["Host", device.host],
      ["Role", device.role ?? "–"],
      ["Hostname", device.hostname],
      ["Status", status(device)],
      ["Host key", device.hostKey ?? "–"],
    ],
  );
  return runs.length > 0 ? `${facts}\n\n${runTable(runs)}` : facts;
}

export async function listDevices(context: Context): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const devices = await floppy.handlers["devices.list"]({});
    context.report.result(
      { devices },
      devices.length > 0 ? deviceTable(devices) : "The inventory has no device yet.",
    );
  });
}

export async function showDevice(context: Context, serial: string): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const { device, runs } = await floppy.handlers["devices.show"]({ serial });
    context.report.result({ device, runs }, describe(device, runs));
  });
}

/** Without a person to ask, the yes must be on the command line. */
async function agree({ terminal, json, signal }: Context, serial: string, history: string): Promise<void> {
  const safe = "Nothing was changed.";
  if (!terminal.interactive || json) {
    throw new FloppyError("INVALID_INPUT", "Nobody is there to ask.", `${safe} Agree with --yes.`);
  }
  const number = serial.slice(-5);
  const answer = await terminal.ask(
    `${serial} will be forgotten, with ${history}. Media that were written stay as they are.\nType ${number} to go on: `,
    signal,
  );
  if (answer.trim() === number) return;
  throw new FloppyError("CANCELLED", `That was not ${number}.`, `${safe} Start again whenever you like.`);
}

export async function removeDevice(context: Context, text: string, yes: boolean): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const { device, runs } = await floppy.handlers["devices.show"]({ serial: text });
    const { serial } = device;
    const history = runs.length === 1 ? "the history of its 1 run" : `the history of its ${runs.length} runs`;
    if (!yes) await agree(context, serial, history);
    const removed = await floppy.handlers["devices.remove"]({ serial, removeConfirmed: serial });
    context.report.result({ serial, ...removed }, `Removed ${serial}, with ${history}.`);
  });
}

export async function addDevice(context: Context, serial: string, role: string | undefined): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const device = await floppy.handlers["devices.add"]({ serial, role: role ?? null });
    context.report.result({ device }, describe(device, []));
  });
}
