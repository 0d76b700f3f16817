import { expect, test } from "vitest";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

test("what is no serial is said at the field, with what is safe and what to do", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-XXX-1");
  await page.keyboard.press("Enter");
  const alert = page.getByRole("alert");
  await alert.getByText("“FLOPPY-XXX-1” is no device serial.").waitFor();
  await alert.getByText(/Nothing was changed/).waitFor();
  expect(await page.getByLabel("Device serial").getAttribute("aria-invalid")).toBe("true");
});

test("a role that the host cannot take tells why and cannot be chosen by any key", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  const kiosk = page.getByRole("radio", { name: /kiosk/ });
  expect(await kiosk.isDisabled()).toBe(true);
  await page.getByText("Needs a screen; this host has none.").first().waitFor();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown"]) {
    await page.keyboard.press(key);
    expect(
      await page
        .getByRole("radio", { name: /kiosk|proxy|terminal/ })
        .and(page.locator(":checked"))
        .count(),
    ).toBe(0);
  }
});

test("a file that cannot be used says why; one without firmware says what it lacks", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: "Local file" }).check();
  await page.getByRole("button", { name: /truncated/ }).click();
  await page.getByRole("alert").getByText("truncated.img.xz ends in the middle.").waitFor();
  expect(await page.getByRole("button", { name: "Use this file" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: /installer/ }).click();
  await page.getByText("This image takes no identity.").waitFor();
  expect(await page.getByRole("button", { name: "Use this file" }).isDisabled()).toBe(true);
});

test("a machine that cannot build names the mend, and offers the file", async () => {
  const double = createBridgeDouble();
  double.handlers["images.preflight"] = async () => ({
    ready: false,
    checks: [
      { name: "aarch64-linux", ok: false, found: "cannot be built here", fix: "Install qemu-user-static." },
    ],
  });
  const { page } = await open(double);
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByText("Install qemu-user-static.").waitFor();
  expect(await page.getByRole("button", { name: /^Use raspberry-/ }).isDisabled()).toBe(true);
});

test("from Devices and Settings the rail leads back to the device at hand, and claims none where there is none", async () => {
  const { page } = await open();
  const rail = page.getByRole("complementary");
  await page.getByRole("button", { name: "Settings" }).click();
  await rail.getByText("No device yet").waitFor();
  expect(await rail.getByRole("listitem").count()).toBe(0);
  await page.getByRole("button", { name: "Flash", exact: true }).click();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.getByRole("button", { name: "Devices" }).click();
  await rail.getByRole("button", { name: /FLOPPY-RPI-00041.*Back to it/ }).click();
  await heading(page, "What is this device for?");
});
