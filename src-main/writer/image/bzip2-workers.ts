import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Bzip2Block } from "./bzip2-blocks.ts";
import { imageDamaged } from "./errors.ts";

type Unpacked = Uint8Array<ArrayBuffer>;
type Answer = { unpacked: Unpacked } | { reason: string };
type Waiting = { resolve: (unpacked: Unpacked) => void; reject: (error: unknown) => void };
type Member = { worker: Worker; waiting: Waiting[] };

/** More of them would read ahead more than drives can take. */
const MOST_WORKERS = 4;

/** Runs in the worker, which knows nothing of this file: it is handed over as text, so that no bundler has to find it. */
function unpackWhatComes(): void {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const load = process.getBuiltinModule("node:module").createRequire(workerData.library);
  const ready = load(workerData.library).init();
  // A run of 259 bytes takes five of the hundred thousand or more that a block holds at most.
  const largest = (level: number) => level * 100_000 * 52;
  parentPort?.on("message", async (block: Uint8Array) => {
    try {
      const bzip2 = await ready;
      const unpacked = bzip2.decompress(block, largest((block[3] ?? 0) - 0x30));
      parentPort.postMessage({ unpacked }, [unpacked.buffer]);
    } catch (error) {
      parentPort.postMessage({ reason: String(error) });
    }
  });
}

/** Threads that unpack blocks of .bz2, each one at a time. libbz2 checks them. */
export class Bzip2Workers {
  readonly #members: Member[];

  constructor() {
    this.#members = Array.from({ length: Math.min(availableParallelism(), MOST_WORKERS) }, start);
  }

  get count(): number {
    return this.#members.length;
  }

  unpack(block: Bzip2Block): Promise<Unpacked> {
    const [member] = this.#members.toSorted((one, other) => one.waiting.length - other.waiting.length);
    return new Promise((resolve, reject) => {
      member?.waiting.push({ resolve, reject });
      member?.worker.postMessage(block);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }
}

function start(): Member {
  const library = createRequire(import.meta.url).resolve("@foxglove/wasm-bz2");
  const worker = new Worker(`(${unpackWhatComes})()`, { eval: true, workerData: { library } });
  const waiting: Waiting[] = [];
  worker.on("message", (answer: Answer) => {
    const next = waiting.shift();
    if ("reason" in answer) next?.reject(imageDamaged(answer.reason));
    else next?.resolve(answer.unpacked);
  });
  worker.on("error", (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return { worker, waiting };
}
