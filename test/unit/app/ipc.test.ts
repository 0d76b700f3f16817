import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { createPageSignal, isTrusted, type Sender } from "../../../src-main/app/ipc.ts";

const WINDOW = 1;

function sender(change: { url?: string; parent?: object | null; id?: number } = {}): Sender {
  const { url = "floppy://app/", parent = null, id = WINDOW } = change;
  return { senderFrame: { url, parent }, sender: { id } } as Sender;
}

describe("isTrusted", () => {
  it("trusts the top frame of our window while it shows our page", () => {
    expect(isTrusted(sender(), WINDOW)).toBe(true);
  });

  it.each([
    ["a frame that is gone", { senderFrame: null, sender: { id: WINDOW } }],
    ["a frame inside the page", sender({ parent: {} })],
    ["another window", sender({ id: 2 })],
    ["a page from elsewhere", sender({ url: "https://evil.com/" })],
    ["an empty page", sender({ url: "about:blank" })],
    ["another host of our scheme", sender({ url: "floppy://evil/" })],
    ["a frame without an address", sender({ url: "" })],
  ] as [string, Sender][])("does not trust %s", (_, event) => expect(isTrusted(event, WINDOW)).toBe(false));
});

describe("what a page asked", () => {
  const navigation = { isMainFrame: true, isSameDocument: false };

  it.each([
    ["is reloaded", "did-start-navigation", navigation],
    ["is closed", "destroyed", undefined],
  ])("ends when the page %s", (_, event, details) => {
    const contents = new EventEmitter();
    const pageSignal = createPageSignal(contents as never);
    const asked = pageSignal();
    contents.emit(event, details);
    expect(asked.aborted).toBe(true);
    expect(pageSignal().aborted).toBe(false);
  });

  it.each([
    ["a frame inside goes elsewhere", { ...navigation, isMainFrame: false }],
    ["it goes to another place of itself", { ...navigation, isSameDocument: true }],
  ])("goes on when %s", (_, details) => {
    const contents = new EventEmitter();
    const asked = createPageSignal(contents as never)();
    contents.emit("did-start-navigation", details);
    expect(asked.aborted).toBe(false);
  });
});
