import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import type { TransferProgress } from "#contract/runs.ts";
import { push } from "#core/install/push.ts";
import {
  importCommand,
  missingOnStickCommand,
  missingPathsCommand,
  takeFromStickCommand,
} from "#core/install/system-commands.ts";
import type { Target } from "#core/install/target.ts";
import type { Work } from "#core/install/work.ts";
import type { Parcel, Systems } from "#core/ports/targets.ts";
import { fakePorts } from "../../../support/fake-ports.ts";

const MIB = 1024 ** 2;
const all = ["glibc", "bash", "system"];
const closure = all.map((path, at) => ({ path, sizeBytes: MIB * (at + 1) }));

type Machine = { disk: string[]; stick: string[]; unpacks?: boolean; spoilt?: FloppyError };

/** A machine of two stores, and what it was asked and sent. */
function machineWith({ disk, stick, unpacks = true, spoilt }: Machine) {
  const done: string[] = [];
  const store = new Set(disk);
  const lacking = (held: Iterable<string>) => (paths: string[]) => {
    const there = new Set(held);
    return paths.filter((path) => !there.has(path)).join("\n");
  };
  const answers = new Map([
    [missingPathsCommand, (paths: string[]) => lacking(store)(paths)],
    [missingOnStickCommand, lacking(stick)],
    [
      takeFromStickCommand,
      (paths: string[]) => {
        if (spoilt) throw spoilt;
        for (const path of paths) store.add(path);
        return "";
      },
    ],
  ]);
  const target: Target = {
    ask: async () => (unpacks ? "/run/current-system/sw/bin/zstd\n" : "\n"),
    async perform(command, { input = "" } = {}) {
      if (command === takeFromStickCommand || command === importCommand) done.push(command.purpose);
      if (typeof input === "string") return answers.get(command)?.(input.split("\n").filter(Boolean)) ?? "";
      for await (const chunk of input) done.push(String(chunk));
      return "";
    },
  };
  return { target, done };
}

function workWith(exportPaths: Systems["exportPaths"]) {
  const told: TransferProgress[] = [];
  const log: string[] = [];
  const ports = fakePorts();
  ports.systems = { ...ports.systems, closure: async () => closure, exportPaths };
  const recorder = {
    log: (_level: string, text: string) => log.push(text),
    progress: (_phase: string, progress: TransferProgress & { kind: string }) => {
      if (progress.kind === "transfer") told.push(progress);
    },
  };
  const work = { ports, recorder, signal: new AbortController().signal } as unknown as Work;
  return { work, told, log };
}

const system = { storePath: "system", drvPath: null, flake: "", revision: null };
async function* named(paths: string[], { packed }: { packed: boolean }): AsyncIterable<Parcel> {
  yield { bytes: Buffer.from(`${packed ? "packed" : "plain"} ${paths.join(" ")}`), position: 1 };
}

describe("a push", () => {
  it("takes from the stick what it holds, and sends the rest, packed", async () => {
    const { target, done } = machineWith({ disk: ["glibc"], stick: ["glibc", "bash"] });
    await push(workWith(named).work, target, system);
    expect(done).toEqual([takeFromStickCommand.purpose, importCommand.purpose, "packed system"]);
  });

  it("asks the stick for nothing that it does not hold", async () => {
    const { target, done } = machineWith({ disk: [], stick: [] });
    await push(workWith(named).work, target, system);
    expect(done).toEqual([importCommand.purpose, "packed glibc bash system"]);
  });

  it("sends nothing where the stick holds all of it", async () => {
    const { target, done } = machineWith({ disk: [], stick: all });
    await push(workWith(named).work, target, system);
    expect(done).toEqual([takeFromStickCommand.purpose]);
  });

  it("is not packed where the machine cannot unpack it", async () => {
    const { target, done } = machineWith({ disk: [], stick: [], unpacks: false });
    await push(workWith(named).work, target, system);
    expect(done.at(-1)).toBe("plain glibc bash system");
  });

  it.each(["TARGET_FAILED", "TARGET_TIMEOUT"] as const)(
    "sends all where the stick cannot be read, %s, and says so",
    async (code) => {
      const spoilt = new FloppyError(code, "Input/output error", "");
      const { target, done } = machineWith({ disk: [], stick: ["bash"], spoilt });
      const { work, log } = workWith(named);
      await push(work, target, system);
      expect(done.at(-1)).toBe("packed glibc bash system");
      expect(log.join("\n")).toContain(
        "The stick does not give all it holds; the rest is sent. Input/output",
      );
    },
  );

  it("whose connection is lost while it takes from the stick is begun anew", async () => {
    const spoilt = new FloppyError("TARGET_LOST", "gone", "");
    const { target } = machineWith({ disk: [], stick: ["bash"], spoilt });
    await expect(push(workWith(named).work, target, system)).rejects.toBe(spoilt);
  });

  it("tells of bytes once they have gone, and how they went", async () => {
    const { target } = machineWith({ disk: [], stick: ["glibc"] });
    async function* parcels(): AsyncIterable<Parcel> {
      for (const position of [2 * MIB, 5 * MIB]) {
        expect(told.every((one) => one.position < position)).toBe(true);
        yield { bytes: Buffer.alloc(MIB), position };
      }
    }
    const { work, told, log } = workWith(parcels);
    await push(work, target, system);
    expect(told[0]).toMatchObject({ position: 2 * MIB, sizeBytes: 5 * MIB });
    expect(log.at(-1)).toBe("5.0 MiB went as 2.0 MiB.");
  });
});
