import { readFileSync } from "node:fs";
import { isOrderedMap } from "immutable";
import { describe, expect, test } from "vitest";
import type { BuildProgress } from "#contract/images.ts";
import { activityType, resultType } from "#core/images/nix-activities.ts";
import {
  buildProgressOf,
  emptyNixStream,
  type NixStream,
  readNixLine,
  storeName,
} from "#core/images/nix-stream.ts";

function captured(name: string): string[] {
  const file = new URL(`../../../fixtures/nix-streams/${name}`, import.meta.url);
  return readFileSync(file, "utf8").trimEnd().split("\n");
}

function read(lines: string[]): NixStream {
  return lines.reduce(readNixLine, emptyNixStream);
}

/** What is shown after each line, without repetition. */
function shown<Value>(lines: string[], look: (progress: BuildProgress) => Value): Value[] {
  const values: Value[] = [];
  let stream = emptyNixStream;
  for (const line of lines) {
    stream = readNixLine(stream, line);
    const value = look(buildProgressOf(stream));
    if (JSON.stringify(value) !== JSON.stringify(values.at(-1))) values.push(value);
  }
  return values;
}

const nix = (event: object) => `@nix ${JSON.stringify(event)}`;

describe("a build of two derivations", () => {
  const lines = captured("nix28-build-ok.stderr.log");

  test("counts them", () => {
    expect(shown(lines, ({ doneItems, expectedItems }) => `${doneItems}/${expectedItems}`)).toEqual([
      "0/0",
      "0/1",
      "0/2",
      "1/2",
      "2/2",
    ]);
  });

  test("names the one under way", () => {
    expect(shown(lines, ({ current }) => current)).toEqual([null, "a2", null, "b2", null]);
  });

  test("logs what they wrote, and which wrote it", () => {
    expect(read(lines).log.last.map(({ derivation, text }) => [storeName(derivation ?? ""), text])).toEqual([
      ["a2", "hello a2 v2"],
      ["a2", "err"],
      ["b2", "hello b2 v2"],
      ["b2", "err"],
    ]);
  });

  test("is evaluated before it is built", () => {
    expect(buildProgressOf(emptyNixStream).stage).toBe("evaluating");
    expect(buildProgressOf(read(lines.slice(0, 1))).stage).toBe("building");
  });
});

describe("a path that is copied from a cache", () => {
  const lines = captured("nix28-substitute.stderr.log");

  test("counts its bytes once, from nothing to all", () => {
    const bytes = shown(lines, ({ doneBytes, expectedBytes }) => [doneBytes, expectedBytes]);
    expect(bytes.at(0)).toEqual([0, 0]);
    expect(bytes.at(1)).toEqual([0, 8_388_720]);
    expect(bytes).toContainEqual([4_194_304, 8_388_720]);
    for (const [done = 0, expected = 0] of bytes) expect(done).toBeLessThanOrEqual(expected);
    expect(buildProgressOf(read(lines)).doneBytes).toBe(8_388_608);
  });

  test("counts as one item", () => {
    const { doneItems, expectedItems } = buildProgressOf(read(lines));
    expect([doneItems, expectedItems]).toEqual([1, 1]);
  });

  test("is named while it is copied", () => {
    expect(shown(lines, ({ current }) => current)).toContain("big");
  });
});

test("a failing build leaves nix's error without colours, and what the builder wrote", () => {
  const { errors, log } = read(captured("nix28-build-fail.stderr.log"));
  expect(errors).toEqual([
    "error: builder for '/nix/store/jsbnw2fxbhnpp5x5k89g5rapxxvax6i3-bad2.drv' failed with exit code 3",
  ]);
  expect(log.last.map(({ level, text }) => [level, text])).toEqual([
    ["info", "boom"],
    ["error", errors[0]],
  ]);
});

describe("activity ids beyond 2^53", () => {
  const raw = (id: string, rest: string) => `@nix {"action":${rest},"id":${id}}`;

  test("are told apart where JSON.parse would merge them", () => {
    const [first, second] = ["9223372036854775806", "9223372036854775807"];
    expect(JSON.parse(first)).toBe(JSON.parse(second));
    const started = read([
      raw(first, `"start","level":3,"text":"","type":105,"fields":["/nix/store/x-one.drv","",1,1]`),
      raw(second, `"start","level":3,"text":"","type":105,"fields":["/nix/store/x-two.drv","",1,1]`),
    ]);
    const stopped = readNixLine(started, raw(second, `"stop"`));
    expect(buildProgressOf(started).current).toBe("x-two");
    expect(buildProgressOf(stopped).current).toBe("x-one");
  });

  test("in a log line stay as they were written", () => {
    const text = `{"id":9223372036854775807}`;
    const stream = read([nix({ action: "result", id: 1, type: 101, fields: [text] })]);
    expect(stream.log.last[0]?.text).toBe(text);
  });
});

describe("announced work", () => {
  const announced = (bytes: number) => nix({ action: "result", id: 1, type: 106, fields: [100, bytes] });
  const start = nix({ action: "start", id: 1, level: 0, text: "", type: 102 });

  test("is replaced when it is announced anew, and may shrink", () => {
    expect(shown([start, announced(500), announced(200)], (progress) => progress.expectedBytes)).toEqual([
      0, 500, 200,
    ]);
  });

  test("is taken back when its announcer stops", () => {
    const stream = read([start, announced(500), nix({ action: "stop", id: 1 })]);
    expect(buildProgressOf(stream).expectedBytes).toBe(0);
  });

  test("is joined by downloads only where nothing is copied", () => {
    const download = nix({
      action: "start",
      id: 2,
      type: 101,
      level: 3,
      text: "",
      fields: ["https://host/a.tar.gz"],
    });
    const bytes = nix({ action: "result", id: 2, type: 105, fields: [30, 90, 0, 0] });
    expect(buildProgressOf(read([download, bytes]))).toMatchObject({
      stage: "evaluating",
      doneBytes: 30,
      expectedBytes: 90,
      current: "a.tar.gz",
    });
    expect(buildProgressOf(read([download, bytes, start, announced(500)])).expectedBytes).toBe(500);
  });
});

describe("garbage", () => {
  test.each([
    "@nix ",
    "@nix {",
    "@nix null",
    "@nix []",
    '@nix {"action":"dance","id":1}',
    '@nix {"action":"start"}',
    '@nix {"action":"result","id":7,"type":105,"fields":["a",null]}',
    '@nix {"action":"result","id":7,"type":105,"fields":[1,1,0,0]}',
    '@nix {"action":"result","id":7,"type":9999,"fields":[1]}',
    '@nix {"action":"start","id":7,"type":9999,"level":0,"text":"new in nix 9"}',
    '@nix {"action":"stop","id":7}',
    "",
    "   ",
  ])("%j changes nothing", (line) => {
    expect(readNixLine(emptyNixStream, line)).toEqual(emptyNixStream);
  });

  test("negative and broken numbers count as none", () => {
    const start = nix({ action: "start", id: 1, level: 0, text: "", type: 104 });
    const result = nix({ action: "result", id: 1, type: 105, fields: [-4, "many"] });
    expect(buildProgressOf(read([start, result]))).toMatchObject({ doneItems: 0, expectedItems: 0 });
  });
});

describe("the log", () => {
  test("takes lines that are not nix's own, without colours", () => {
    expect(
      read(["\u001b[1mwarning\u001b[0m: \u001b]8;;http://x\u0007Git\u001b]8;;\u0007 tree\r"]).log.last,
    ).toEqual([{ level: "info", derivation: null, text: "warning: Git tree" }]);
  });

  test("takes messages up to info, and leaves out the chatter", () => {
    const messages = [0, 1, 3, 4, 5].map((level) => nix({ action: "msg", level, msg: `level ${level}` }));
    expect(read(messages).log.last.map(({ level, text }) => [level, text])).toEqual([
      ["error", "level 0"],
      ["warning", "level 1"],
      ["info", "level 3"],
    ]);
  });

  test("keeps the last lines only, and counts all", () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const { log } = read(lines);
    expect(log.total).toBe(5000);
    expect(log.last).toHaveLength(400);
    expect(log.last.at(-1)?.text).toBe("line 4999");
  });

  test("cuts endless lines", () => {
    expect(read(["x".repeat(1_000_000)]).log.last[0]?.text).toHaveLength(2000);
  });
});

test("activities that never stop do not fill the memory", () => {
  const starts = Array.from({ length: 3000 }, (_, id) => nix({ action: "start", id, type: 105, fields: [] }));
  expect(read(starts).activities.live.size).toBe(2000);
});

test("thousands of live activities are not copied for a line that changes one", () => {
  const started = Array.from({ length: 2000 }, (_, id) =>
    nix({ action: "start", id, type: activityType.copyPath, fields: [`/nix/store/${id}`] }),
  );
  const before = read(started);
  const after = readNixLine(
    before,
    nix({ action: "result", id: 7, type: resultType.progress, fields: [1, 2] }),
  );
  expect(before.activities.live.get("7")?.count).toEqual({ done: 0, expected: 0 });
  expect(after.activities.live.get("7")?.count).toEqual({ done: 1, expected: 2 });
  // Both are made of the same parts, but for the way to the one that changed.
  expect(after.activities.live.get("8")).toBe(before.activities.live.get("8"));
  expect(isOrderedMap(after.activities.live)).toBe(true);
});
