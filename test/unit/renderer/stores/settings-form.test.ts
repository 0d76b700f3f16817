import { expect, test } from "vitest";
import { errorsIn, formOf, readForm } from "../../../../src-renderer/stores/settings-form.ts";
import { bench, hostKey, manifestPlace } from "../../../support/renderer/bench-data.ts";

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
      authorizedKeys: expect.stringMatching(/^Line 2: This is no OpenSSH public key/),
      ssid: expect.stringMatching(/^A network name has 1 to 32 bytes/),
      passphrase: expect.stringMatching(/^A WPA passphrase has 8 to 63 characters of ASCII/),
    },
  });
});

test("a manifest has an address and perhaps a key, which may be pasted with its comment", () => {
  const { url, publicKey } = manifestPlace;
  const read = (manifestKey: string, manifestUrl: string = url) =>
    readForm({ ...form, manifestUrl, manifestKey });
  expect(read("")).toMatchObject({ settings: { manifest: { url, publicKey: null } } });
  const pasted = `untrusted comment: minisign public key E7620F1842B4E81F${publicKey}\n`;
  expect(read(pasted)).toMatchObject({ settings: { manifest: { url, publicKey } } });
  expect(read("", "")).toMatchObject({ settings: { manifest: null } });
  expect(read("RWsomething", "images.json")).toEqual({
    state: "invalid",
    errors: {
      manifestUrl: "This is neither an https:// address nor a path as /srv/images.json.",
      manifestKey: "This is no minisign public key: 56 characters that begin with RW.",
    },
  });
});

test("what was saved under other rules is shown as it lies there, with an error at its field", () => {
  const old = { ...bench().settings, wifi: { ssid: "Bench", passphrase: "schlüssel" } };
  expect(formOf(old)).toMatchObject({ ssid: "Bench", passphrase: "schlüssel" });
  expect(errorsIn(old)).toEqual({ passphrase: expect.stringContaining("no ü") });
  expect(errorsIn(bench().settings)).toEqual({});
});
