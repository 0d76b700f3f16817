/** Files that behave as good, slow, false and dying drives do. */
import { open } from "node:fs/promises";
import type { OpenDrive } from "../../../src-main/writer/drive/target.ts";
import { DriveTrouble } from "../../../src-main/writer/drive/trouble.ts";
import type { Random } from "../random.ts";

/** What is wrong with a medium, at the nth time that it is read or written, from 0. */
export type Fault =
  | { kind: "none" }
  | { kind: "slow"; everyTurns: number }
  | { kind: "pulled"; nth: number }
  | { kind: "forgets a write"; nth: number }
  | { kind: "keeps another bit"; nth: number }
  | { kind: "reads another bit"; nth: number };

export function randomFault(random: Random): Fault {
  const nth = random.below(12);
  return random.pick<Fault>([
    { kind: "none" },
    { kind: "none" },
    { kind: "slow", everyTurns: random.below(60) },
    { kind: "pulled", nth },
    { kind: "forgets a write", nth },
    { kind: "keeps another bit", nth },
    { kind: "reads another bit", nth },
  ]);
}

export async function openMedium(path: string, sizeBytes: number, fault: Fault): Promise<OpenDrive> {
  const handle = await open(path, "r+");
  const locked = await open(path, "r");
  let reads = 0;
  let writes = 0;
  const write = async (buffer: Buffer, at: number, length: number, offset: number) => {
    const number = writes++;
    await slowness(fault);
    const due = "nth" in fault && fault.nth === number;
    if (fault.kind === "pulled" && number >= fault.nth) throw pulled();
    if (due && fault.kind === "forgets a write") return { buffer, bytesWritten: length };
    const kept = due && fault.kind === "keeps another bit" ? flipped(buffer, at, length) : buffer;
    return { ...(await handle.write(kept, kept === buffer ? at : 0, length, offset)), buffer };
  };
  const read = async (buffer: Buffer, at: number, length: number, offset: number) => {
    const number = reads++;
    await slowness(fault);
    if (fault.kind === "pulled" && writes > fault.nth) throw pulled();
    const result = await handle.read(buffer, at, length, offset);
    if (fault.kind === "reads another bit" && fault.nth === number && length > 0) {
      buffer.writeUInt8(buffer.readUInt8(at) ^ 1, at);
    }
    return result;
  };
  const acts = new Map<string | symbol, typeof write | typeof read>([
    ["write", write],
    ["read", read],
  ]);
  const medium = new Proxy(handle, {
    get(target, name) {
      const own = acts.get(name) ?? Reflect.get(target, name);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
  return { path, handle: medium, lost: new Promise(() => undefined), locked, sizeBytes, alignment: 512 };
}

/** Turns of the event loop, not time: as slow on every machine. */
async function slowness(fault: Fault): Promise<void> {
  if (fault.kind !== "slow") return;
  for (let turn = 0; turn < fault.everyTurns; turn += 1) await new Promise(setImmediate);
}

function flipped(buffer: Buffer, at: number, length: number): Buffer {
  const copy = Buffer.from(buffer.subarray(at, at + length));
  copy.writeUInt8(copy.readUInt8(0) ^ 1, 0);
  return copy;
}

function pulled(): DriveTrouble {
  return new DriveTrouble("ENXIO", "no such device");
}
