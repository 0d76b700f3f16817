import { expect, test } from "vitest";
import { createPreloadBridge } from "../../../../src-renderer/bridge/preload-bridge.ts";
import { bench, hostKey } from "../../../support/renderer/bench-data.ts";
import { createBridgeDouble } from "../../../support/renderer/bridge-double.ts";

test("a call through the preload gives the parsed answer", async () => {
  const bridge = createPreloadBridge(createBridgeDouble());
  expect((await bridge.call("app.state", {})).settings.benchName).toBe("Bench 2");
});

test("an error crosses with its code, its hint and its details", async () => {
  const bridge = createPreloadBridge(createBridgeDouble());
  await expect(bridge.call("images.inspect", { path: "/x/truncated.img.xz" })).rejects.toMatchObject({
    name: "FloppyError",
    code: "IMAGE_TRUNCATED",
    hint: expect.stringContaining("Nothing was written"),
    details: { readBytes: 9000 },
  });
});

test.each([
  ["no reply at all", null],
  ["a value of another shape", { ok: true, value: { version: 7 } }],
  ["an unknown error code", { ok: false, error: { code: "OH_NO", message: "", hint: "", details: {} } }],
])("%s is an error, not data", async (_what, reply) => {
  const bridge = createPreloadBridge({ call: async () => reply, subscribe: () => () => {} });
  await expect(bridge.call("app.state", {})).rejects.toMatchObject({ code: "INTERNAL" });
});

test("only notifications of the contract reach a listener", () => {
  let send: (raw: unknown) => void = () => {};
  const bridge = createPreloadBridge({
    call: async () => null,
    subscribe(listener) {
      send = listener;
      return () => {};
    },
  });
  const heard: string[] = [];
  bridge.subscribe((notification) => heard.push(notification.event));
  for (const raw of [
    null,
    "drives",
    { event: "toString", payload: {} },
    { event: "drives", payload: [{ key: 1 }] },
    { event: "settings", payload: { ...bench().settings, authorizedKeys: [hostKey] } },
  ]) {
    send(raw);
  }
  expect(heard).toEqual(["settings"]);
});
