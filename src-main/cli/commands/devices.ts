import type { Device } from "#contract/devices.ts";
import type { Run } from "#contract/runs.ts";
import { type Context, withFloppy } from "../context.ts";
import { table } from "../table.ts";

function status({ status }: Device): string {
  return status.state === "failed" ? `failed: ${status.error.message}` : status.state;
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
    const { devices } = await floppy.handlers["app.state"]({});
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

export async function addDevice(context: Context, serial: string, role: string | undefined): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const device = await floppy.handlers["devices.add"]({ serial, role: role ?? null });
    context.report.result({ device }, describe(device, []));
  });
}
