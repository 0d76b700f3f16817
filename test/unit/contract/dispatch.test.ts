import { describe, expect, it } from "vitest";
import type { Handlers } from "#contract/api.ts";
import { dispatch } from "#contract/dispatch.ts";
import { FloppyError } from "#contract/errors.ts";
import { createFloppy } from "#core/floppy.ts";
import { fakePorts } from "../../support/fake-ports.ts";

const { handlers } = await createFloppy(fakePorts());
const never = new AbortController().signal;

describe("a call from outside", () => {
  it("is answered when name and input are right", async () => {
    const reply = await dispatch(handlers, "devices.identify", { text: "FLOPPY-RPI-00001" }, never);
    expect(reply).toMatchObject({ ok: true, value: { host: "raspberry", hostname: "floppy-rpi-00001" } });
  });

  it.each<[string, unknown]>([
    ["a name that is not in the table", "devices.erase"],
    ["a name that every object has", "constructor"],
    ["a name that is no text", { toString: () => "app.state" }],
    ["no name", undefined],
  ])("is refused with %s", async (_case, name) => {
    await expect(dispatch(handlers, name, {}, never)).resolves.toMatchObject({
      ok: false,
      error: { code: "UNKNOWN_CALL" },
    });
  });

  it.each<[string, unknown]>([
    ["no input", undefined],
    ["another type", { text: 7 }],
    ["a field too many", { text: "x", path: "/etc/shadow" }],
    ["an endless text", { text: "x".repeat(201) }],
  ])("is refused before the handler with %s", async (_case, input) => {
    const refusing: Handlers = {
      ...handlers,
      "devices.identify": () => Promise.reject(new Error("was called")),
    };
    const reply = await dispatch(refusing, "devices.identify", input, never);
    expect(reply).toMatchObject({ ok: false, error: { code: "INVALID_INPUT" } });
  });

  it("carries a coded error as data, and anything else as INTERNAL with its message", async () => {
    const failing = (thrown: unknown): Handlers => ({
      ...handlers,
      "app.state": () => Promise.reject(thrown),
    });
    const coded = new FloppyError("DRIVE_GONE", "Gone.", "Plug it in.", { key: "k" });
    await expect(dispatch(failing(coded), "app.state", {}, never)).resolves.toEqual({
      ok: false,
      error: { code: "DRIVE_GONE", message: "Gone.", hint: "Plug it in.", details: { key: "k" } },
    });
    await expect(
      dispatch(failing(new TypeError("x is not y")), "app.state", {}, never),
    ).resolves.toMatchObject({
      error: { code: "INTERNAL", message: expect.stringContaining("x is not y") },
    });
  });

  it("hands the handler whether whoever asked is still there", async () => {
    const left = new AbortController();
    const handed: (AbortSignal | undefined)[] = [];
    const listening: Handlers = {
      ...handlers,
      "images.inspect": (_input, signal) => {
        handed.push(signal);
        return Promise.reject(new Error("was looked at"));
      },
    };
    await dispatch(listening, "images.inspect", { path: "/images/card.img" }, left.signal);
    expect(handed).toEqual([left.signal]);
  });
});
