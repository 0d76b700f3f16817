import type { Page } from "playwright";
import { expect, test } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { foundManifest, GiB } from "../../support/renderer/bench-data.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading, hold } from "../../support/renderer/hands.ts";
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
  const terminal = page.getByRole("radio", { name: /terminal/ });
  expect(await terminal.isDisabled()).toBe(true);
  await page.getByText("Needs a screen; this host has none.").first().waitFor();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown"]) {
    await page.keyboard.press(key);
    expect(
      await page
        .getByRole("radio", { name: /proxy|terminal/ })
        .and(page.locator(":checked"))
        .count(),
    ).toBe(0);
  }
});

test("a folder of more than is shown says how many are not, and how to name one of them", async () => {
  const double = createBridgeDouble();
  const { "files.list": list } = double.handlers;
  double.handlers["files.list"] = async (input) => ({ ...(await list(input)), leftOut: 3000 });
  const { page } = await open(double);
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: "Local file" }).check();
  await page.getByText("3000 more are not listed. Type the path of the one you mean above.").waitFor();
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

async function toImages(page: Page) {
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.getByRole("radio", { name: /^robot/ }).check();
  await page.keyboard.press("Enter");
  await heading(page, "Which image?");
}

test("the image of a manifest is shown before it is chosen, and the run is asked for that very one", async () => {
  const { page, double } = await open();
  await toImages(page);
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByText("Signed by the key in Settings").waitFor();
  await page.getByText("870 MiB").waitFor();
  await page.getByText("3f2a91c07d15").waitFor();
  await page.keyboard.press("Enter");
  await heading(page, /Which card becomes/);
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await heading(page, /^Erase/);
  await page.getByText("Not to scale: its size is known after the download.").waitFor();
  await hold(page, "Enter");
  const started = double.asked.find(({ name }) => name === "runs.start");
  const [image] = foundManifest.images;
  expect(started?.input).toMatchObject({ image: { kind: "download", sha256: image?.sha256 } });
});

test("an image whose manifest tells what it holds is drawn to scale, and said to be written while it comes", async () => {
  const double = createBridgeDouble();
  const content = {
    format: "zst" as const,
    sizeBytes: 2 * GiB,
    contentHash: "0123456789abcdef",
    firmware: { offset: 8 * 1024 ** 2, sizeBytes: GiB / 8 },
  };
  double.handlers["images.manifest"] = async () => ({
    ...foundManifest,
    images: foundManifest.images.map((image) => ({ ...image, content })),
  });
  const { page } = await open(double);
  await toImages(page);
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByText(/images.example.org.*, written while it comes/).waitFor();
  await page.keyboard.press("Enter");
  await heading(page, /Which card becomes/);
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await heading(page, /^Erase/);
  await page.getByText("FIRMWARE, identity").waitFor();
  expect(await page.getByText("Not to scale").count()).toBe(0);
});

test("a manifest that is not signed, is a copy, or names no such image says so", async () => {
  const double = createBridgeDouble();
  double.handlers["images.manifest"] = async () => ({
    ...foundManifest,
    signature: { state: "unsigned" },
    kept: "Its server cannot be used: it does not answer.",
  });
  const { page } = await open(double);
  await toImages(page);
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByText("Not signed").waitFor();
  await page.getByText("This is the manifest from before.").waitFor();
  expect(await page.getByRole("button", { name: "Use raspberry-robot" }).isEnabled()).toBe(true);
  double.handlers["images.manifest"] = async () => ({ ...foundManifest, images: [] });
  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByText("The manifest names no image for raspberry-robot.").waitFor();
  expect(await page.getByRole("button", { name: "Use raspberry-robot" }).isDisabled()).toBe(true);
});

test("a manifest that is refused says why; where none is set, the way to Settings is open", async () => {
  const double = createBridgeDouble();
  double.handlers["images.manifest"] = async () => {
    throw new FloppyError(
      "MANIFEST_UNTRUSTED",
      "It was changed after it was signed.",
      "Nothing was written.",
    );
  };
  const { page } = await open(double);
  await toImages(page);
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByRole("alert").getByText("It was changed after it was signed.").waitFor();
  double.handlers["images.manifest"] = async () => null;
  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByText("No image manifest is set.").waitFor();
  await page.getByRole("button", { name: "Open Settings" }).click();
  await heading(page, "Settings");
});

test("a manifest that is older than one that was seen is gone back to by a held button alone, and by its serial", async () => {
  const double = createBridgeDouble();
  double.handlers["images.manifest"] = async () => {
    throw new FloppyError(
      "MANIFEST_OLDER",
      "It is older than one that was seen here.",
      "Nothing was written.",
      {
        serial: 7,
        seen: 9,
      },
    );
  };
  const { page } = await open(double);
  await toImages(page);
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByRole("alert").getByText("It is older than one that was seen here.").waitFor();
  const back = page.getByRole("button", { name: "Hold to go back to serial 7" });
  await back.click();
  await back.focus();
  expect(double.asked.some(({ name }) => name === "images.goBack")).toBe(false);
  await page.keyboard.down("Enter");
  await page.getByText("Signed by the key in Settings").waitFor();
  await page.keyboard.up("Enter");
  const asked = double.asked.filter(({ name }) => name === "images.goBack");
  expect(asked.map(({ input }) => input)).toEqual([{ serial: 7, goBackConfirmed: 7 }]);
});

test("a manifest that has expired says what to do, and nothing goes past it", async () => {
  const double = createBridgeDouble();
  double.handlers["images.manifest"] = async () => {
    const details = { serial: 7, expires: "2026-03-01T00:00:00.000Z" };
    throw new FloppyError("MANIFEST_EXPIRED", "It was good until 2026-03-01.", "Ask for a new one.", details);
  };
  const { page } = await open(double);
  await toImages(page);
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByRole("alert").getByText("Ask for a new one.").waitFor();
  expect(await page.getByRole("button", { name: /Hold/ }).count()).toBe(0);
});

test("a signed manifest tells its serial and how long it is good, or that it says neither", async () => {
  const double = createBridgeDouble();
  const { page } = await open(double);
  await toImages(page);
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByText(/serial 1772442000, good until 2026-05-31/).waitFor();
  const signature = { state: "signed" as const, comment: "of Monday" };
  double.handlers["images.manifest"] = async () => ({ ...foundManifest, signature });
  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByText("The manifest is signed, and may be an old one.").waitFor();
  await page.getByText(/neither how old it is nor until when it is good/).waitFor();
});

test("where nix is missing and a manifest is set, downloading is what is proposed", async () => {
  const machine = { hostname: "bench-2", user: "tech", nix: { state: "missing" as const } };
  const { page } = await open(createBridgeDouble({ machine }));
  await toImages(page);
  await page.getByText("Signed by the key in Settings").waitFor();
  expect(await page.getByRole("radio", { name: "Download" }).isChecked()).toBe(true);
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
