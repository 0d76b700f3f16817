/**
 * The tables. Times are ISO 8601 text and structures are JSON text, so that every SQL database can hold them.
 * Ids of events and log lines sort in the order in which they were written.
 */
export type Schema = {
  devices: {
    serial: string;
    host: string;
    role: string | null;
    hostname: string;
    state: string;
    error: string | null;
    host_key: string | null;
    last_run_id: string | null;
    /** 0 or 1. */
    practice: number;
    created_at: string;
    updated_at: string;
  };
  device_changes: { serial: string; sequence: number };
  run_changes: { id: string; sequence: number };
  runs: {
    id: string;
    kind: string;
    serial: string;
    host: string;
    role: string;
    target: string;
    medium: string;
    image_choice: string;
    drive: string;
    image: string | null;
    installation: string | null;
    batch: string | null;
    state: string;
    phase: string | null;
    error: string | null;
    started_at: string;
    ended_at: string | null;
    owner_boot_id: string;
    owner_pid: number;
    owner_start: string;
  };
  phases: {
    run_id: string;
    name: string;
    position: number;
    state: string;
    started_at: string | null;
    ended_at: string | null;
    summary: string | null;
    error: string | null;
    progress: string | null;
  };
  events: { id: string; run_id: string; at: string; kind: string; data: string };
  log_lines: { id: string; run_id: string; at: string; phase: string | null; level: string; text: string };
  inspections: { path: string; file_bytes: number; modified_ms: number; inspection: string };
};

export type Row<Table extends keyof Schema> = Schema[Table];
