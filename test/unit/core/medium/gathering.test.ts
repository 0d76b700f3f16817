import { expect, it } from "vitest";
import { gather } from "#core/medium/gathering.ts";
import { refusal } from "../../../support/runs.ts";

type Order = { name: string; signal: AbortSignal };

function gathering(size: number) {
  const acted: string[][] = [];
  const { come, go } = gather(size, (orders: Order[]) => {
    acted.push(orders.map(({ name }) => name));
    return orders.map(async ({ name }) => `${name} done`);
  });
  const order = (name: string, signal = new AbortController().signal) => ({ name, signal });
  return { acted, come, go, order };
}

it("acts once, on all, when the last one comes", async () => {
  const { acted, come, order } = gathering(2);
  const first = come(0, order("a"));
  expect(acted).toEqual([]);
  const second = come(1, order("b"));
  await expect(Promise.all([first, second])).resolves.toEqual(["a done", "b done"]);
  expect(acted).toEqual([["a", "b"]]);
});

it("does not wait for one that goes", async () => {
  const { acted, come, go, order } = gathering(3);
  const first = come(0, order("a"));
  go(1);
  const third = come(2, order("c"));
  await expect(Promise.all([first, third])).resolves.toEqual(["a done", "c done"]);
  go(2);
  expect(acted).toEqual([["a", "c"]]);
});

it("lets one who takes its order back go at once, and waits for it no longer", async () => {
  const { acted, come, order } = gathering(2);
  const abort = new AbortController();
  const first = come(0, order("a", abort.signal));
  abort.abort();
  await expect(first).rejects.toEqual(refusal("CANCELLED"));
  await expect(come(1, order("b"))).resolves.toBe("b done");
  await expect(gathering(1).come(0, order("c", abort.signal))).rejects.toEqual(refusal("CANCELLED"));
  expect(acted).toEqual([["b"]]);
});

it("does nothing where nobody came", () => {
  const { acted, go } = gathering(2);
  go(0);
  go(1);
  expect(acted).toEqual([]);
});
