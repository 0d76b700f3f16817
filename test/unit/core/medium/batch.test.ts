import { describe, expect, it } from "vitest";
import { cancelled, type ErrorCode, FloppyError } from "#contract/errors.ts";
import { IDENTITY_PATH } from "#contract/identity.ts";
import type { BatchRequest, Run } from "#contract/runs.ts";
import type { FlashOrder } from "#core/ports/drives.ts";
import type { Ports } from "#core/ports/ports.ts";
import { announce, robotImage } from "../../../support/downloads/announced.ts";
import { fakeDrive, fakeInspection, fakePorts, obedientWriter } from "../../../support/fake-ports.ts";
import { foreignRun, openRecording, refusal } from "../../../support/runs.ts";

const serialOf = (number: number) => `FLOPPY-RPI-0000${number}`;
const keyOf = (number: number) => `usb-card-${number}`;
const numbers = [1, 2, 3] as const;

const member = (number: number) => ({
  serial: serialOf(number),
  driveKey: keyOf(number),
  eraseConfirmed: keyOf(number),
});

const request: BatchRequest = { role: "robot", image: { kind: "build" }, members: numbers.map(member) };

/** A bench with three cards. */
function bench(change: Partial<Ports> = {}) {
  const ports = fakePorts(change);
  ports.plugged = numbers.map((number) => fakeDrive({ key: keyOf(number), name: `Card ${number}` }));
  return ports;
}

/** A writer whose drives the test ends one by one; `begun` resolves with the orders of its one job. */
function handWriter() {
  const begun = Promise.withResolvers<FlashOrder[]>();
  const endings: PromiseWithResolvers<Awaited<ReturnType<typeof obedientWriter.flash>>>[] = [];
  const jobs: number[] = [];
  const writer: typeof obedientWriter = {
    ...obedientWriter,
    flashMany(_source, orders) {
      jobs.push(orders.length);
      const own = orders.map(({ signal }) => {
        const ending = Promise.withResolvers<Awaited<ReturnType<typeof obedientWriter.flash>>>();
        signal.addEventListener("abort", () => ending.reject(cancelled("Writing")));
        return ending;
      });
      endings.push(...own);
      begun.resolve(orders);
      return own.map(({ promise }) => promise);
    },
  };
  const result = { sizeBytes: 1, savedBytes: 0, checksum: "00", writeSeconds: 2, verifySeconds: 1 };
  return {
    writer,
    begun: begun.promise,
    jobs,
    finish: (index: number) => endings[index]?.resolve(result),
    fail: (index: number, error: Error) => endings[index]?.reject(error),
  };
}

/** Resolves when every run of the batch is over, with how each of them ended. */
async function endsOf(opened: Awaited<ReturnType<typeof openRecording>>, runs: Run[]): Promise<string[]> {
  const isOver = ({ status }: Run) => status.state !== "running";
  const latest = (id: string) => opened.payloads("run").findLast((run) => run.id === id);
  await expect.poll(() => runs.every(({ id }) => isOver(latest(id) ?? (runs[0] as Run)))).toBe(true);
  return runs.map(({ id }) => latest(id)?.status.state ?? "");
}

describe("a batch", () => {
  it("is a run for each card, in the order of their serials", async () => {
    const opened = await openRecording(bench());
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    expect(runs.map(({ serial, drive }) => [serial, drive.key])).toEqual(
      numbers.map((number) => [serialOf(number), keyOf(number)]),
    );
    expect(new Set(runs.map(({ id }) => id)).size).toBe(3);
    const [batch] = runs.map((run) => run.batch);
    expect(batch?.serials).toEqual(numbers.map(serialOf));
    expect(runs.every((run) => run.batch?.id === batch?.id)).toBe(true);
    await expect(endsOf(opened, runs)).resolves.toEqual(["done", "done", "done"]);
  });

  it("obtains its image once and starts one writer, with an identity for each card", async () => {
    const { writer, begun, jobs, finish } = handWriter();
    const built: unknown[] = [];
    const ports = bench({ writer });
    const { build } = ports.nix;
    ports.nix.build = (...asked) => {
      built.push(asked);
      return build(...asked);
    };
    const opened = await openRecording(ports);
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    const identities = (await begun).map(({ files }) =>
      JSON.parse(files.find(({ path }) => path === IDENTITY_PATH)?.content ?? ""),
    );
    expect(identities.map(({ serial }) => serial)).toEqual(numbers.map(serialOf));
    expect(identities.map(({ runId }) => runId)).toEqual(runs.map(({ id }) => id));
    expect([built.length, jobs]).toEqual([1, [3]]);
    for (const index of [0, 1, 2]) finish(index);
    await endsOf(opened, runs);
    for (const number of numbers) {
      const device = await ports.inventory.device(serialOf(number));
      expect(device).toMatchObject({
        status: { state: "flashed" },
        hostKey: `ssh-ed25519 PUBLIC floppy-rpi-0000${number}`,
      });
    }
  });

  it("is written while its image is downloaded; where that breaks off, each card hears why", async () => {
    const { writer, begun } = handWriter();
    const ports = bench({ writer });
    const { download, signals } = announce(ports);
    const opened = await openRecording(ports);
    const image = { kind: "download" as const, sha256: robotImage.sha256 };
    const runs = await opened.floppy.handlers["runs.startBatch"]({ ...request, image });
    await begun;
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    download.reject(new FloppyError("DOWNLOAD_FAILED", "The mirror is gone.", "Nothing was written."));
    expect(await endsOf(opened, runs)).toEqual(["failed", "failed", "failed"]);
    const errors = opened
      .payloads("run")
      .flatMap(({ status }) => (status.state === "failed" ? [status.error] : []));
    expect(errors).toHaveLength(3);
    for (const { code, hint } of errors)
      expect([code, hint]).toEqual(["DOWNLOAD_FAILED", expect.stringContaining("The medium was begun")]);
  });

  it("goes on with its download until the last card has left", async () => {
    const { writer, begun, fail } = handWriter();
    const ports = bench({ writer });
    const { signals } = announce(ports);
    const opened = await openRecording(ports);
    const image = { kind: "download" as const, sha256: robotImage.sha256 };
    const runs = await opened.floppy.handlers["runs.startBatch"]({ ...request, image });
    await begun;
    const pulled = new FloppyError("DRIVE_GONE", "The drive was pulled.", "Plug it in.");
    const failed = opened.reached("failed");
    fail(0, pulled);
    await failed;
    expect(signals[0]?.aborted).toBe(false);
    for (const index of [1, 2]) fail(index, pulled);
    await endsOf(opened, runs);
    expect(signals[0]?.aborted).toBe(true);
  });

  it("tells each run how the image comes on", async () => {
    const ports = bench();
    const { build } = ports.nix;
    ports.nix.build = async (asked, observe, signal) => {
      observe.log("info", "compiling");
      return build(asked, observe, signal);
    };
    const opened = await openRecording(ports);
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await endsOf(opened, runs);
    for (const { id } of runs) {
      const log = await ports.inventory.log(id);
      expect(log.filter(({ text }) => text === "compiling")).toHaveLength(1);
    }
  });

  it("looks through the open runs no more often for three cards than for one", async () => {
    const ports = bench();
    const { openRuns } = ports.inventory;
    let looks = 0;
    ports.inventory.openRuns = () => {
      looks += 1;
      return openRuns();
    };
    const opened = await openRecording(ports);
    const start = async (...members: BatchRequest["members"]) => {
      const before = looks;
      await endsOf(opened, await opened.floppy.handlers["runs.startBatch"]({ ...request, members }));
      return looks - before;
    };
    const forOne = await start(member(1));
    expect(await start(member(2), member(3))).toBe(forOne);
  });

  it("lets a card end while another one is still written", async () => {
    const { writer, begun, finish } = handWriter();
    const opened = await openRecording(bench({ writer }));
    const done = opened.reached("done");
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await begun;
    finish(1);
    await expect(done).resolves.toMatchObject({ serial: serialOf(2) });
    const state = await opened.floppy.handlers["app.state"]({});
    expect(state.runs.map(({ serial }) => serial).toSorted()).toEqual([serialOf(1), serialOf(3)]);
    finish(0);
    finish(2);
    await endsOf(opened, runs);
  });

  it("loses only the card that failed, and only that one is offered again", async () => {
    const { writer, begun, finish, fail } = handWriter();
    const opened = await openRecording(bench({ writer }));
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await begun;
    fail(0, new FloppyError("DRIVE_IO", "The card stopped accepting data.", "Take another one."));
    finish(1);
    finish(2);
    await expect(endsOf(opened, runs)).resolves.toEqual(["failed", "done", "done"]);
    const retried = await opened.floppy.handlers["runs.resume"]({
      runId: runs[0]?.id ?? "",
      driveKey: keyOf(1),
      eraseConfirmed: keyOf(1),
    });
    expect(retried).toMatchObject({ serial: serialOf(1), batch: runs[0]?.batch });
    await expect(endsOf(opened, [retried])).resolves.toEqual(["done"]);
  });

  it("goes on without a run that is cancelled while it is written", async () => {
    const { writer, begun, finish } = handWriter();
    const opened = await openRecording(bench({ writer }));
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await begun;
    await opened.floppy.handlers["runs.cancel"]({ runId: runs[1]?.id ?? "" });
    finish(0);
    finish(2);
    await expect(endsOf(opened, runs)).resolves.toEqual(["done", "cancelled", "done"]);
  });

  it("goes on without a run that is cancelled while the image is built, and without its card", async () => {
    const { writer, begun, jobs, finish } = handWriter();
    const ports = bench({ writer });
    const { build } = ports.nix;
    const building = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    let buildSignal: AbortSignal | undefined;
    ports.nix.build = async (asked, observe, signal) => {
      buildSignal = signal;
      building.resolve();
      await mayEnd.promise;
      observe.log("info", "still compiling");
      return build(asked, observe, signal);
    };
    const opened = await openRecording(ports);
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await building.promise;
    await opened.floppy.handlers["runs.cancel"]({ runId: runs[0]?.id ?? "" });
    expect(buildSignal?.aborted).toBe(false);
    mayEnd.resolve();
    await begun;
    expect(jobs).toEqual([2]);
    finish(0);
    finish(1);
    await expect(endsOf(opened, runs)).resolves.toEqual(["cancelled", "done", "done"]);
    const logs = await Promise.all(runs.map(({ id }) => ports.inventory.log(id)));
    const heard = logs.map((log) => log.some(({ text }) => text === "still compiling"));
    expect(heard).toEqual([false, true, true]);
  });

  it("ends the build when the last one is cancelled, and waits for its end", async () => {
    const ports = bench();
    const building = Promise.withResolvers<void>();
    let ended = 0;
    ports.nix.build = (_asked, _observe, signal) =>
      new Promise((_resolve, reject) => {
        building.resolve();
        signal.addEventListener("abort", () =>
          setImmediate(() => {
            ended += 1;
            reject(cancelled("The build"));
          }),
        );
      });
    const opened = await openRecording(ports);
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await building.promise;
    for (const { id } of runs) await opened.floppy.handlers["runs.cancel"]({ runId: id });
    expect(ended).toBe(1);
    await expect(endsOf(opened, runs)).resolves.toEqual(["cancelled", "cancelled", "cancelled"]);
  });

  it("writes the others when one card is pulled before the first byte, or is too small", async () => {
    const { writer, begun, jobs, finish } = handWriter();
    const ports = bench({ writer });
    const [pulled, small, good] = ports.plugged;
    ports.nix.build = (
      (build) =>
      async (...asked) => {
        const tiny = { ...fakeDrive().identity, sizeBytes: 1024 };
        ports.plugged = [...(small ? [{ ...small, identity: tiny }] : []), ...(good ? [good] : [])];
        return build(...asked);
      }
    )(ports.nix.build);
    const opened = await openRecording(ports);
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await begun;
    finish(0);
    await expect(endsOf(opened, runs)).resolves.toEqual(["failed", "failed", "done"]);
    expect([pulled?.key, jobs]).toEqual([keyOf(1), [1]]);
    const errors = opened
      .payloads("run")
      .flatMap(({ status }) => ("error" in status ? status.error.code : []));
    expect(new Set(errors)).toEqual(new Set(["DRIVE_GONE", "IMAGE_TOO_LARGE"]));
  });

  it("tells every run where the image cannot be had, and writes nothing", async () => {
    const { writer, jobs } = handWriter();
    const ports = bench({ writer });
    ports.nix.build = () => Promise.reject(new FloppyError("NIX_BUILD_FAILED", "gcc failed.", "Look."));
    const opened = await openRecording(ports);
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await expect(endsOf(opened, runs)).resolves.toEqual(["failed", "failed", "failed"]);
    expect(jobs).toEqual([]);
  });

  it("writes nothing with an image that carries no identity", async () => {
    const { writer, jobs } = handWriter();
    const inspect = async (path: string) => fakeInspection({ path, firmware: null });
    const opened = await openRecording(bench({ writer: { ...writer, inspect } }));
    const runs = await opened.floppy.handlers["runs.startBatch"](request);
    await expect(endsOf(opened, runs)).resolves.toEqual(["failed", "failed", "failed"]);
    expect(jobs).toEqual([]);
  });

  it("pauses after the phases that were asked for", async () => {
    const { writer, jobs } = handWriter();
    const opened = await openRecording(bench({ writer }));
    const runs = await opened.floppy.handlers["runs.startBatch"]({ ...request, phases: ["image"] });
    await expect(endsOf(opened, runs)).resolves.toEqual(["paused", "paused", "paused"]);
    expect(jobs).toEqual([]);
  });

  it("ends clean when Floppy is closed", async () => {
    const { writer, begun } = handWriter();
    const ports = bench({ writer });
    const { floppy } = await openRecording(ports);
    await floppy.handlers["runs.startBatch"](request);
    await begun;
    await floppy.close();
    const states = (await ports.inventory.openRuns()).map(({ run }) => run.status.state);
    expect(states).toEqual(["cancelled", "cancelled", "cancelled"]);
  });
});

describe("a batch is refused whole", () => {
  const [first, second, third] = numbers.map(member);
  const members = (...given: (typeof first)[]) => ({ members: given.filter((one) => one !== undefined) });

  it.each<[string, Partial<BatchRequest>, ErrorCode]>([
    [
      "with a serial twice",
      members(first, second, third && { ...third, serial: serialOf(1) }),
      "INVALID_INPUT",
    ],
    [
      "with a card twice",
      members(first, third && { ...third, driveKey: keyOf(1), eraseConfirmed: keyOf(1) }),
      "INVALID_INPUT",
    ],
    [
      "with a card whose erasure was not confirmed",
      members(first, second && { ...second, eraseConfirmed: keyOf(3) }),
      "INVALID_INPUT",
    ],
    [
      "with a card that is gone",
      members(first, second && { ...second, driveKey: "gone", eraseConfirmed: "gone" }),
      "DRIVE_GONE",
    ],
    ["with what is no serial", members(first, second && { ...second, serial: "RPI-1" }), "SERIAL_INVALID"],
    [
      "with a stick",
      { role: "dev", ...members(first, second && { ...second, serial: "FLOPPY-DEL-00001" }) },
      "INVALID_INPUT",
    ],
    ["for a role that does not exist", { role: "gardener" }, "ROLE_UNKNOWN"],
  ])("%s", async (_case, change, code) => {
    const ports = bench();
    const { floppy } = await openRecording(ports);
    const starting = floppy.handlers["runs.startBatch"]({ ...request, ...change });
    await expect(starting).rejects.toEqual(refusal(code));
    expect(ports.inventory.journal).toEqual([]);
    expect(await ports.inventory.devices()).toEqual([]);
    expect(floppy.busy()).toBe(false);
  });

  it("where a card or a device is under way already, here or in another Floppy; what is under way goes on", async () => {
    const { writer, begun, finish } = handWriter();
    const ports = bench({ writer });
    const opened = await openRecording(ports);
    const { handlers } = opened.floppy;
    const runs = await handlers["runs.startBatch"]({ ...request, members: [member(2)] });
    await begun;
    const other = { ...member(3), serial: serialOf(2) };
    const busy = handlers["runs.startBatch"]({ ...request, members: [member(1), other] });
    await expect(busy).rejects.toEqual(refusal("DEVICE_BUSY"));
    const taken = handlers["runs.startBatch"]({
      ...request,
      members: [member(1), { ...member(2), serial: serialOf(4) }],
    });
    await expect(taken).rejects.toEqual(refusal("DRIVE_BUSY"));
    expect(ports.inventory.journal.every(({ serial }) => serial === serialOf(2))).toBe(true);
    finish(0);
    await expect(endsOf(opened, runs)).resolves.toEqual(["done"]);

    const foreign = await foreignRun(ports);
    ports.inventory.owners.set(foreign.id, "other");
    await expect(handlers["runs.startBatch"](request)).rejects.toEqual(refusal("DEVICE_BUSY"));
    expect(opened.floppy.busy()).toBe(false);
  });

  it("where a card was written for one of its devices since: no serial is on two cards", async () => {
    const opened = await openRecording(bench());
    const { handlers } = opened.floppy;
    await endsOf(opened, await handlers["runs.startBatch"]({ ...request, members: [member(2)] }));
    await expect(handlers["runs.startBatch"](request)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining(serialOf(2)),
    });
  });

  it("where another Floppy is quicker by a moment: what was begun is forgotten, and its cards are free", async () => {
    const ports = bench();
    const { saveRun } = ports.inventory;
    let isQuicker = true;
    ports.inventory.saveRun = (run) => {
      const busy = new FloppyError("DEVICE_BUSY", "Busy.", "");
      return isQuicker && run.serial === serialOf(2) ? Promise.reject(busy) : saveRun(run);
    };
    const { floppy } = await openRecording(ports);
    await expect(floppy.handlers["runs.startBatch"](request)).rejects.toEqual(refusal("DEVICE_BUSY"));
    expect(await ports.inventory.openRuns()).toEqual([]);
    isQuicker = false;
    await expect(floppy.handlers["runs.startBatch"](request)).resolves.toHaveLength(3);
    await floppy.close();
  });
});
