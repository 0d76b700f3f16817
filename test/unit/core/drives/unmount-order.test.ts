import { describe, expect, it } from "vitest";
import { planUnmount } from "#core/drives/unmount-order.ts";

/** `[id, parent, path]`, in the order of mountinfo. */
function plan(mounts: [number, number, string][], own: number[]) {
  const all = mounts.map(([id, parent, targetBytes]) => ({ id, parent, targetBytes }));
  const { order, inTheWay } = planUnmount(all, ({ id }) => own.includes(id));
  return { order: order.map(({ id }) => id), inTheWay: inTheWay.map(({ id }) => id) };
}

const root: [number, number, string] = [1, 0, "/"];

describe("what is mounted from a drive", () => {
  it("is unmounted where nothing is in the way", () => {
    expect(plan([root, [2, 1, "/mnt"], [3, 1, "/mnt2"]], [2])).toEqual({ order: [2], inTheWay: [] });
  });

  it("comes after what lies in it, though that has the lower number: it was moved there", () => {
    const mounts: [number, number, string][] = [root, [2, 5, "/mnt/boot"], [5, 1, "/mnt"]];
    expect(plan(mounts, [2, 5])).toEqual({ order: [2, 5], inTheWay: [] });
  });

  it("comes after what hides it", () => {
    const mounts: [number, number, string][] = [root, [2, 1, "/mnt/card"], [3, 1, "/mnt"], [4, 3, "/mnt"]];
    expect(plan(mounts, [2, 3, 4])).toEqual({ order: [4, 3, 2], inTheWay: [] });
  });

  it("is not hidden by what is mounted on the root that this process does not see", () => {
    expect(plan([root, [9, 1, "/"], [2, 1, "/mnt"]], [2])).toEqual({ order: [2], inTheWay: [] });
  });

  it("goes on where the root is a mount of a parent that is not shown, or of itself", () => {
    expect(
      plan(
        [
          [1, 1, "/"],
          [2, 1, "/mnt"],
        ],
        [2],
      ),
    ).toEqual({ order: [2], inTheWay: [] });
  });
});

describe("another mount", () => {
  it.each<[string, [number, number, string][]]>([
    ["on top of it", [root, [2, 1, "/mnt"], [3, 2, "/mnt"]]],
    ["in it", [root, [2, 1, "/mnt"], [3, 2, "/mnt/sub"]]],
    ["over a folder above it", [root, [2, 1, "/mnt/a/card"], [3, 1, "/mnt"]]],
    ["over the mount above it", [root, [4, 1, "/mnt"], [2, 4, "/mnt/a"], [3, 4, "/mnt"]]],
    ["over a folder above the mount above it", [root, [4, 1, "/a/mnt"], [2, 4, "/a/mnt/card"], [3, 1, "/a"]]],
  ])("is in the way %s", (_, mounts) => {
    expect(plan(mounts, [2]).inTheWay).toEqual([3]);
  });

  it("is not in the way beside it", () => {
    const beside: [number, number, string][] = [
      [3, 1, "/mnt/card2"],
      [4, 1, "/mnt/other"],
    ];
    expect(plan([root, [2, 1, "/mnt/card"], ...beside], [2]).inTheWay).toEqual([]);
  });

  it("is in the way of all where it is in the way of one", () => {
    const mounts: [number, number, string][] = [root, [2, 1, "/mnt/a"], [3, 1, "/mnt/b"], [4, 3, "/mnt/b"]];
    expect(plan(mounts, [2, 3]).inTheWay).toEqual([4]);
  });
});
