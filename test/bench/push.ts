/** A system pushed to a laptop over links of two speeds, beside the one raw stream that it would be otherwise. */
import { mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { createRemote } from "#adapters/ssh/remote.ts";
import { createSystems } from "#adapters/systems/systems.ts";
import type { TargetAddress } from "#contract/targets.ts";
import { TARGET_ROOT } from "#core/install/disk-commands.ts";
import { importCommand } from "#core/install/system-commands.ts";
import type { Parcel } from "#core/ports/targets.ts";
import { type NixEnvironment, nixEnvironment } from "../support/nix.ts";
import { startSshd } from "../support/ssh/sshd.ts";
import type { Benchmark, Measured } from "./benchmark.ts";
import { MIB, run, Workshop } from "./workshop.ts";

const SIZE = 384;
const PATH_SIZE = 16;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);

/** Lets through so many bytes a second and no more; what waits is held back by TCP. */
function atSpeed(bytesPerSecond: number): Transform {
  let freeMs = performance.now();
  return new Transform({
    highWaterMark: 64 * 1024,
    async transform(chunk: Buffer, _encoding, done) {
      const nowMs = performance.now();
      // A link that was idle has saved nothing up.
      freeMs = Math.max(freeMs, nowMs - 5) + (chunk.length / bytesPerSecond) * 1000;
      if (freeMs > nowMs + 2) await delay(freeMs - nowMs);
      done(null, chunk);
    },
  });
}

/** A port that leads to another, as quick one way as a network is. */
async function link(target: TargetAddress, bytesPerSecond: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ ...target, noDelay: true });
    for (const socket of [near, far]) sockets.add(socket.on("error", () => undefined));
    pipeline(near, atSpeed(bytesPerSecond), far).catch(() => undefined);
    pipeline(far, near).catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    address: { host: "127.0.0.1", port },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Paths of a store, made of this machine's programs: what compresses as systems do. */
function pathsIn(nix: NixEnvironment, workshop: Workshop): string[] {
  const image = openSync(workshop.programImage(SIZE), "r");
  const files = Array.from({ length: SIZE / PATH_SIZE }, (_, at) => {
    const content = Buffer.alloc(PATH_SIZE * MIB);
    readSync(image, content, 0, content.length, at * content.length);
    const file = join(nix.folder, `programs-${at}`);
    writeFileSync(file, content);
    return file;
  });
  const added = run("env", ...variables(nix), "nix-store", "--add", ...files);
  for (const file of files) rmSync(file);
  return added.split("\n");
}

const variables = ({ env }: NixEnvironment) =>
  Object.entries(env).flatMap(([name, value]) => (name.startsWith("NIX_") ? [`${name}=${value}`] : []));

async function* bytesOf(parcels: AsyncIterable<Parcel>): AsyncIterable<Buffer> {
  for await (const { bytes } of parcels) yield bytes;
}

async function pushOver(megabytesPerSecond: number): Promise<Measured> {
  using workshop = new Workshop("memory");
  const nix = await nixEnvironment();
  const sshd = await startSshd();
  const network = await link(sshd.address, megabytesPerSecond * 1e6);
  const signal = new AbortController().signal;
  try {
    const bundled = { bundledFlake: nix.folder, bundledLayout: nix.folder, folder: nix.folder };
    const systems = createSystems({ ...bundled, env: nix.env });
    const paths = pathsIn(nix, workshop);
    const session = await createRemote().connect(network.address, sshd.credentials, signal);
    const push = async (packed: boolean) => {
      const root = mkdtempSync(join(nix.folder, "disk-"));
      const command = importCommand.command.replaceAll(TARGET_ROOT, root);
      const argv = ["env", ...variables(nix), "sh", "-euc", command];
      const input = bytesOf(systems.exportPaths(paths, { packed }, signal));
      const started = performance.now();
      const { exitCode, stderr } = await session.run({ argv, input, timeoutMs: 3_600_000 }, signal);
      if (exitCode !== 0) throw new Error(`the push ended with ${exitCode}: ${stderr}`);
      const seconds = (performance.now() - started) / 1000;
      run("sh", "-c", 'chmod -R u+w "$1" && rm -rf "$1"', "sh", root);
      return seconds;
    };
    const packed: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      packed.push(await push(true));
      raw.push(await push(false));
    }
    session.close();
    const before = middle(raw);
    return {
      value: middle(packed),
      unit: "s",
      target: before * (megabytesPerSecond < 50 ? 0.45 : 1.05),
      peers: {
        "one raw stream": before,
        "limit of the link, raw": (SIZE * MIB) / (megabytesPerSecond * 1e6),
      },
    };
  } finally {
    network.close();
    await sshd.stop();
    await nix.remove();
  }
}

const middle = (values: number[]) =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

export const pushBenchmarks: Benchmark[] = [6, 100].map((speed) => ({
  name: `push-${speed}`,
  title: `a system of ${SIZE} MiB pushed over a link of ${speed} MB/s`,
  measure: () => pushOver(speed),
}));
