/**
 * Loaded into the writer to stand in for a bad card. FAULTS is a list of faults: the nth time (from 1; without it
 * every time) that the drive is read or written just there, it fails with an error code, or a bit is flipped on its
 * way.
 */
import { type FileHandle, open } from "node:fs/promises";

export type Fault = { op: "read" | "write"; offset: number; nth?: number; fault: string };

type Act = (
  this: FileHandle,
  buffer: Buffer,
  bufferOffset: number,
  length: number,
  offset: number,
) => Promise<unknown>;

const faults: Fault[] = JSON.parse(process.env.FAULTS ?? "[]");
const counts = new Map<Fault, number>();

const handle = await open("/dev/null");
const prototype: Record<"read" | "write", Act> = Object.getPrototypeOf(handle);
await handle.close();

for (const op of ["read", "write"] as const) {
  const original = prototype[op];
  prototype[op] = async function (buffer, bufferOffset, length, offset) {
    const fault = (await this.stat()).isBlockDevice() ? dueFault(op, offset) : undefined;
    if (fault && fault.fault !== "flip") throw Object.assign(new Error(fault.fault), { code: fault.fault });
    if (fault && op === "write") flip(buffer, bufferOffset);
    const result = await original.call(this, buffer, bufferOffset, length, offset);
    if (fault) flip(buffer, bufferOffset);
    return result;
  };
}

function dueFault(op: "read" | "write", offset: number): Fault | undefined {
  const fault = faults.find((candidate) => candidate.op === op && candidate.offset === offset);
  if (!fault) return undefined;
  const count = (counts.get(fault) ?? 0) + 1;
  counts.set(fault, count);
  return fault.nth === undefined || fault.nth === count ? fault : undefined;
}

function flip(buffer: Buffer, offset: number): void {
  buffer.writeUInt8(buffer.readUInt8(offset) ^ 1, offset);
}
