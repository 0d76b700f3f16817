import { describe, expect, it } from "vitest";
import type { Notification } from "#contract/api.ts";
import type { LogLine } from "#contract/runs.ts";
import { createWaitingList } from "../../../src-main/station/waiting.ts";
import { deviceOf } from "../../support/renderer/bench-data.ts";
import { cardRun } from "../../support/renderer/bench-runs.ts";

const run = cardRun();
const device = deviceOf("FLOPPY-DEL-00007", "dell", "lab", { state: "registered" });
const line = (text: string): LogLine => ({ at: "2026-03-02T09:42:00Z", phase: "write", level: "info", text });
const log = (...texts: string[]): Notification => ({
  event: "log",
  payload: { runId: run.id, lines: texts.map(line) },
});

/** What would be sent of these, had the browser read nothing until now. */
function told(...notifications: Notification[]) {
  const waiting = createWaitingList();
  for (const notification of notifications) waiting.addNotification(notification);
  const answers = [];
  for (let next = waiting.next(); next; next = waiting.next()) answers.push(next.answer);
  return answers.flatMap((answer) => ("notification" in answer ? [answer.notification] : []));
}

describe("what a browser is yet to be told", () => {
  it("is told in order", () => {
    const all: Notification[] = [
      { event: "drives", payload: [] },
      { event: "run", payload: run },
      log("one"),
    ];
    expect(told(...all)).toEqual(all);
  });

  it("is of each run, each device and each list the last word only", () => {
    const later = { ...run, startedAt: "2026-03-02T10:00:00Z" };
    const other = { ...run, id: "another" };
    expect(
      told(
        { event: "run", payload: run },
        { event: "driveTasks", payload: [] },
        { event: "run", payload: other },
        { event: "driveTasks", payload: [] },
        { event: "run", payload: later },
      ),
    ).toEqual([
      { event: "run", payload: other },
      { event: "driveTasks", payload: [] },
      { event: "run", payload: later },
    ]);
  });

  it("keeps that a device was removed before it was added again", () => {
    const removed: Notification = { event: "deviceRemoved", payload: { serial: device.serial } };
    const added: Notification = { event: "device", payload: device };
    expect(told(added, removed, added)).toEqual([removed, added]);
    expect(told(removed, added, removed)).toEqual([added, removed]);
  });

  it("joins the lines of a run's log", () => {
    expect(told(log("one"), log("two", "three"))).toEqual([log("one", "two", "three")]);
  });

  it("is bounded: of a log that comes quicker than it is read, the newest lines, and a word about the others", () => {
    const mebibyte = "x".repeat(1024 ** 2);
    const [only] = told(...Array.from({ length: 64 }, () => log(mebibyte)), log("last"));
    if (only?.event !== "log") throw new Error("No log was told.");
    const { lines } = only.payload;
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatchObject({ level: "warning", text: expect.stringContaining("61 lines") });
    expect(lines.at(-1)?.text).toBe("last");
  });

  it("holds every answer to a call, and tells when it went out", () => {
    const waiting = createWaitingList();
    const sent: number[] = [];
    for (const id of [1, 2]) waiting.addReply({ id, reply: { ok: true, value: {} } }, () => sent.push(id));
    waiting.next()?.sent();
    expect(sent).toEqual([1]);
    expect(waiting.isEmpty()).toBe(false);
    waiting.next()?.sent();
    expect(sent).toEqual([1, 2]);
    expect(waiting.next()).toBeNull();
  });
});
