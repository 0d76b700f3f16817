import { describe, expect, it } from "vitest";
import { parseMessage } from "../../../src-main/station/messages.ts";

describe("parseMessage", () => {
  it("reads id, call and input", () => {
    const message = { id: 1, call: "app.state", input: {} };
    expect(parseMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    "",
    "nonsense",
    "null",
    "[]",
    "{}",
    `{"id":1}`,
    `{"id":{},"call":"app.state","input":{}}`,
    `{"id":1,"call":7,"input":{}}`,
    `{"id":1,"call":"app.state","input":{},"more":1}`,
    `{"id":1,"call":"${"x".repeat(65)}","input":{}}`,
    `{"id":"${"x".repeat(65)}","call":"app.state","input":{}}`,
  ])("takes %s for no message", (text) => expect(parseMessage(text)).toBeNull());
});
