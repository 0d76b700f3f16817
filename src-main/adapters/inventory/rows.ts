/** Between the contract's shapes and the tables' rows. What is read back is parsed as if a stranger had written it. */
import { z } from "zod";
import { type Device, type DeviceStatus, device } from "#contract/devices.ts";
import { FloppyError } from "#contract/errors.ts";
import { installationOf, type LogLine, logLine, type Phase, type Run, run } from "#contract/runs.ts";
import type { Owner } from "./owner.ts";
import type { Row } from "./schema.ts";

function json(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

function fromJson(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** A union's member holds only its own fields: a column that is null is a field that it does not have. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** Runs `read`; whatever is wrong with the row is told with the name of what it holds. */
function parsed<Value>(what: string, schema: z.ZodType<Value>, read: () => unknown): Value {
  try {
    return schema.parse(read());
  } catch (thrown) {
    const reason = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
    throw new FloppyError(
      "INVENTORY_UNREADABLE",
      `The inventory’s entry of ${what} is damaged.`,
      "Everything else in the inventory is usable, and the entry was left as it is. Restore the inventory from a backup, or go on without this entry.",
      { what, reason },
    );
  }
}

export function deviceStatusColumns(status: DeviceStatus): Pick<Row<"devices">, "state" | "error"> {
  return { state: status.state, error: "error" in status ? json(status.error) : null };
}

export function deviceRow(of: Device): Row<"devices"> {
  return {
    serial: of.serial,
    host: of.host,
    role: of.role,
    hostname: of.hostname,
    ...deviceStatusColumns(of.status),
    host_key: of.hostKey,
    last_run_id: of.lastRunId,
    practice: of.practice ? 1 : 0,
    created_at: of.createdAt,
    updated_at: of.updatedAt,
  };
}

export function toDevice(row: Row<"devices">): Device {
  return parsed(`device ${row.serial}`, device, () => ({
    ...row,
    status: present({ state: row.state, error: fromJson(row.error) }),
    hostKey: row.host_key,
    lastRunId: row.last_run_id,
    practice: row.practice === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

export function runRow(of: Run, owner: Owner): Row<"runs"> {
  const { status } = of;
  return {
    id: of.id,
    kind: of.kind,
    serial: of.serial,
    host: of.host,
    role: of.role,
    target: of.target,
    medium: of.medium,
    image_choice: JSON.stringify(of.imageChoice),
    drive: JSON.stringify(of.drive),
    image: json(of.image),
    installation: json(installationOf(of)),
    batch: json(of.batch),
    state: status.state,
    phase: "phase" in status ? status.phase : null,
    error: "error" in status ? json(status.error) : null,
    started_at: of.startedAt,
    ended_at: "endedAt" in status ? status.endedAt : null,
    owner_boot_id: owner.bootId,
    owner_pid: owner.pid,
    owner_start: owner.start,
  };
}

export function ownerOf(row: Pick<Row<"runs">, "owner_boot_id" | "owner_pid" | "owner_start">): Owner {
  return { bootId: row.owner_boot_id, pid: row.owner_pid, start: row.owner_start };
}

export function phaseRow(runId: string, { name, status }: Phase, position: number): Row<"phases"> {
  return {
    run_id: runId,
    name,
    position,
    state: status.state,
    started_at: "startedAt" in status ? status.startedAt : null,
    ended_at: "endedAt" in status ? status.endedAt : null,
    summary: "summary" in status ? status.summary : null,
    error: "error" in status ? json(status.error) : null,
    progress: "progress" in status ? json(status.progress) : null,
  };
}

function phaseFields(row: Row<"phases">): unknown {
  const { name, state, summary } = row;
  const times = { startedAt: row.started_at, endedAt: row.ended_at };
  const status = present({ state, ...times, summary, error: fromJson(row.error) });
  return { name, status: { ...status, progress: fromJson(row.progress) } };
}

/** `phases` in the order of their positions. */
export function toRun(row: Row<"runs">, phases: Row<"phases">[]): Run {
  const { state, phase } = row;
  return parsed(`run ${row.id} of ${row.serial}`, run, () => ({
    ...row,
    imageChoice: fromJson(row.image_choice),
    drive: fromJson(row.drive),
    image: fromJson(row.image),
    installation: fromJson(row.installation),
    batch: fromJson(row.batch),
    phases: phases.map(phaseFields),
    status: present({ state, phase, endedAt: row.ended_at, error: fromJson(row.error) }),
    startedAt: row.started_at,
  }));
}

export function toLogLine(row: Row<"log_lines">): LogLine {
  return parsed(`log line ${row.id}`, logLine, () => row);
}
