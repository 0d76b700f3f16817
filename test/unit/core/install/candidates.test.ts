import { describe, expect, it } from "vitest";
import type { Announced, TargetAddress } from "#contract/targets.ts";
import { candidates, createTurns } from "#core/install/candidates.ts";
import { runWith } from "../../../support/link-world.ts";

const at = (host: string): TargetAddress => ({ host, port: 22 });
const announced = (hosts: string[], runId = "run-1"): Announced => ({
  name: hosts[0] ?? "",
  addresses: hosts.map(at),
  serial: null,
  runId,
  target: null,
  system: null,
});

describe("where a target may be", () => {
  it("is where it was, then the first that each announcement says, then the second of each", () => {
    const all = [
      announced(["a1", "a2", "a3"]),
      announced(["b1"]),
      announced(["x"], "another"),
      announced(["c1", "a2"]),
    ];
    const hosts = candidates(runWith(at("known")), all).map(({ host }) => host);
    expect(hosts).toEqual(["known", "a1", "b1", "c1", "a2", "a3"]);
  });

  it("is nowhere where nobody says so", () => {
    expect(candidates(runWith(null), [announced(["x"], "another")])).toEqual([]);
  });
});

describe("whom to try", () => {
  const all = Array.from({ length: 1000 }, (_, count) => at(`10.0.${count >> 8}.${count & 255}`));

  it("is everybody, where they are few", () => {
    expect(createTurns()(all.slice(0, 5))).toEqual(all.slice(0, 5));
  });

  it("is always those that stand first, and the others by turns", () => {
    const choose = createTurns();
    const rounds = Array.from({ length: 15 }, () => choose(all));
    for (const round of rounds) {
      expect(round).toHaveLength(128);
      expect(round.slice(0, 64)).toEqual(all.slice(0, 64));
    }
    expect(new Set(rounds.flat())).toEqual(new Set(all));
  });
});
