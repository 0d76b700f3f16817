import { expect, test } from "vitest";
import { formOf, readForm } from "../../../../src-renderer/stores/settings-form.ts";
import { bench, hostKey } from "../../../support/renderer/bench-data.ts";

const { theme: _theme, ...saved } = bench().settings;
const form = formOf(bench().settings);

test("what is shown and not touched is saved as it was", () => {
  expect(readForm(form)).toEqual({ state: "valid", settings: saved });
});

test("empty lines are no keys, and an empty flake is the bundled one", () => {
  const read = readForm({ ...form, authorizedKeys: `\n${hostKey}\n\n`, flake: "  " });
  expect(read).toMatchObject({ settings: { authorizedKeys: [hostKey], flake: null } });
});

test("both Wi-Fi fields empty mean no Wi-Fi", () => {
  expect(readForm({ ...form, ssid: "", passphrase: "" })).toMatchObject({ settings: { wifi: null } });
});

test("an error names its field and its line", () => {
  const read = readForm({ ...form, authorizedKeys: `${hostKey}\nnonsense`, ssid: "", passphrase: "short" });
  expect(read).toEqual({
    state: "invalid",
    errors: {
      authorizedKeys: "Line 2: This is no OpenSSH public key.",
      ssid: "A network name has 1 to 32 characters.",
      passphrase: "A WPA passphrase has 8 to 63 characters.",
    },
  });
});
