import { expect, test } from "vitest";
import { deviceOf, manifestPlace } from "../../support/renderer/bench-data.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open, bare } = setUpRenderer();

test("a wrong setting is told at its field, with its line", async () => {
  const { page, double } = await open();
  await page.getByRole("button", { name: "Settings" }).click();
  const keys = page.getByLabel("SSH keys that may log in");
  await keys.fill("nonsense");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Line 1: This is no OpenSSH public key").waitFor();
  expect(double.asked.some((call) => call.name === "settings.update")).toBe(false);
  await keys.fill("");
  await page.getByLabel("Name", { exact: true }).fill("Bench 7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  expect(double.state().settings).toMatchObject({ benchName: "Bench 7", authorizedKeys: [] });
});

test("settings that are not saved yet outlive a look at another place, and can be undone", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Settings" }).click();
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("Bench 7");
  await page.getByRole("button", { name: "Devices" }).click();
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByText("Not saved yet").waitFor();
  expect(await name.inputValue()).toBe("Bench 7");
  await page.getByRole("button", { name: "Undo changes" }).click();
  expect(await name.inputValue()).toBe("Bench 2");
});

test("a station that stops answering is said, and the state is read anew when it is back", async () => {
  const { page, address } = await bare();
  const double = createBridgeDouble();
  const sockets: { close(): Promise<void> }[] = [];
  await page.routeWebSocket("**/api", (socket) => {
    sockets.push(socket);
    socket.onMessage(async (text) => {
      const { id, call, input } = JSON.parse(String(text));
      socket.send(JSON.stringify({ id, reply: await double.call(call, input) }));
    });
  });
  await page.goto(address);
  await page.getByText("3 devices").waitFor();
  const device = deviceOf("FLOPPY-RPI-00077", "raspberry", null, { state: "registered" });
  double.emit({ event: "device", payload: device });
  await sockets[0]?.close();
  await page.getByText("Floppy’s station stopped answering.").waitFor();
  await page.getByText("4 devices").waitFor();
  await page.getByText("Floppy’s station stopped answering.").waitFor({ state: "detached" });
});

test("what is amiss with the bench is said before any work, until new settings are saved", async () => {
  const problem = {
    code: "SETTINGS_INVALID" as const,
    message: "settings.json cannot be read, so defaults are used.",
    hint: "Nothing on any device was changed. Look through the settings and save them.",
    details: {},
  };
  const { page, double } = await open(createBridgeDouble({ problems: [problem] }));
  const alert = page.getByRole("alert");
  await alert.getByText(problem.message).waitFor();
  await alert.getByText(problem.hint).waitFor();
  await alert.getByRole("button", { name: "Open Settings" }).click();
  await heading(page, "Settings");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  await page.getByRole("button", { name: "Flash" }).click();
  await heading(page, "Which device is this?");
  expect(await alert.count()).toBe(0);
  expect(double.asked.some((call) => call.name === "settings.update")).toBe(true);
});

test("a catalog that cannot be read is said before any device is taken, and nothing begins until it can be", async () => {
  const problem = {
    code: "CATALOG_UNREADABLE" as const,
    message: "The catalog of the flake path:/mine cannot be read: host 3 (pi): label is missing.",
    hint: "Nothing is begun by another flake’s roles.",
    details: {},
  };
  const { page, double } = await open(createBridgeDouble({ problems: [problem] }));
  await page.getByRole("alert").getByText(problem.message).waitFor();
  await page.getByLabel("Device serial").fill("FLOPPY-RPI-00041");
  const next = page.getByRole("button", { name: "Use this device" });
  expect(await next.isDisabled()).toBe(true);
  double.emit({ event: "problems", payload: [] });
  await page.getByRole("alert").waitFor({ state: "detached" });
  expect(await next.isDisabled()).toBe(false);
});

test("a manifest and its key are set, changed and taken away in Settings", async () => {
  const { page, double } = await open();
  await page.getByRole("button", { name: "Settings" }).click();
  const [manifest, key] = [page.getByLabel("Image manifest"), page.getByLabel("Its public key")];
  expect(await manifest.inputValue()).toBe(manifestPlace.url);
  await manifest.fill("http://images.example.org/images.json");
  await key.fill("RWnonsense");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is neither an https:// address nor a path").waitFor();
  await page.getByText("This is no minisign public key").waitFor();
  await manifest.fill("/srv/images.json");
  await key.fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  expect(double.state().settings.manifest).toEqual({ url: "/srv/images.json", publicKey: null });
  await manifest.fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  expect(double.state().settings.manifest).toBeNull();
});
