import { close, fstat, fsync, read, write } from "node:fs";
import { promisify } from "node:util";
import { FloppyError } from "#contract/errors.ts";
import type { RawHandle } from "../drive/blamed-handle.ts";
import { HANDED, type HandedDrive, handedDrives, type OpenerRequest, openerAnswer } from "./messages.ts";

/** A drive that root opened for this writer. */
export type Handed = {
  handle: RawHandle;
  locked: { close(): Promise<void> };
  reopen: () => Promise<boolean>;
};

const arrived = Promise.withResolvers<HandedDrive[]>();
const waiting = new Map<number, (done: boolean) => void>();
let lastRequest = 0;

if (process.env[HANDED] === "yes") process.on("message", hear);
else arrived.resolve([]);

function hear(message: unknown): void {
  const handed = handedDrives.safeParse(message);
  if (handed.success) arrived.resolve(handed.data.drives);
  const answer = openerAnswer.safeParse(message);
  if (!answer.success) return;
  waiting.get(answer.data.id)?.(answer.data.done);
  waiting.delete(answer.data.id);
}

/** The drive of this path, each but once; null where this writer opens it by its own rights. Throws why it was refused. */
export async function handedDrive(path: string): Promise<Handed | null> {
  const drives = await arrived.promise;
  const place = drives.findIndex((drive) => drive.path === path);
  const [drive] = place < 0 ? [] : drives.splice(place, 1);
  if (drive === undefined) return null;
  if (drive.outcome === "refused") throw FloppyError.from(drive.error);
  const { descriptor, index } = drive;
  return {
    handle: inherited(descriptor, () => ask("close", index)),
    locked: { close: async () => undefined },
    reopen: () => ask("ask", index),
  };
}

function ask(act: OpenerRequest["act"], index: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  lastRequest += 1;
  waiting.set(lastRequest, resolve);
  process.send?.({ act, index, id: lastRequest } satisfies OpenerRequest);
  return promise;
}

/** Node has no handle for a descriptor that it did not open. */
function inherited(fd: number, letGo: () => Promise<unknown>): RawHandle {
  return {
    fd,
    read: (buffer, offset, length, position) => promisify(read)(fd, buffer, offset, length, position),
    write: (buffer, offset, length, position) => promisify(write)(fd, buffer, offset, length, position),
    sync: () => promisify(fsync)(fd),
    stat: () => promisify(fstat)(fd),
    async close() {
      await promisify(close)(fd);
      await letGo();
    },
  };
}
