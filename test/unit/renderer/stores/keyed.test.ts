import { describe, expect, it } from "vitest";
import { upsert } from "../../../../src-renderer/stores/keyed.ts";

type Item = { key: string; word: string };

const item = (key: string, word = "first"): Item => ({ key, word });
const keyOf = ({ key }: Item) => key;

describe("an item of a list", () => {
  it("takes the place of the one with its key", () => {
    const items = [item("a"), item("b"), item("c")];
    expect(upsert(items, item("b", "second"), keyOf)).toEqual([item("a"), item("b", "second"), item("c")]);
    expect(items[1]).toEqual(item("b"));
  });

  it("goes behind all others where there is none", () => {
    expect(upsert([item("a")], item("b"), keyOf)).toEqual([item("a"), item("b")]);
  });

  it("is in its place however lists grow out of one another", () => {
    const first = [item("a")];
    const one = upsert(first, item("b"), keyOf);
    const other = upsert(first, item("c"), keyOf);
    expect(upsert(one, item("b", "second"), keyOf)).toEqual([item("a"), item("b", "second")]);
    expect(upsert(other, item("b"), keyOf)).toEqual([item("a"), item("c"), item("b")]);
    expect(upsert(other, item("c", "second"), keyOf)).toEqual([item("a"), item("c", "second")]);
    const [withD, withE] = [upsert(one, item("d"), keyOf), upsert(one, item("e"), keyOf)];
    expect(upsert(withE, item("d"), keyOf)).toEqual(["a", "b", "e", "d"].map((key) => item(key)));
    expect(upsert(withD, item("d", "second"), keyOf).at(-1)).toEqual(item("d", "second"));
  });

  it("is found without looking at the others", () => {
    let asked = 0;
    const counted = (one: Item) => {
      asked += 1;
      return one.key;
    };
    let items: Item[] = [];
    for (let count = 0; count < 1000; count += 1) items = upsert(items, item(`${count}`), counted);
    for (let count = 0; count < 1000; count += 1) items = upsert(items, item(`${count}`, "second"), counted);
    expect(items).toHaveLength(1000);
    expect(asked).toBeLessThanOrEqual(3002);
  });
});
