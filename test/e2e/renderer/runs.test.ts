import { expect, test } from "vitest";
import { building, cardRun, failed, interrupted, transferring } from "../../support/renderer/bench-runs.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading, hold } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

test("an interrupted run is offered at the start: resumed through the drive and the hold, or put aside", async () => {
  const run = interrupted(cardRun({ serial: "FLOPPY-RPI-00038" }));
  const { page, double } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByText("A run of FLOPPY-RPI-00038 was interrupted while writing.").waitFor();
  await page.getByText("If writing had begun, the card is half written and cannot boot.").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await heading(page, "Which card becomes FLOPPY-RPI-00038?");
  await page.getByRole("radio", { name: /SanDisk/ }).check();
  await page.keyboard.press("Enter");
  await heading(page, "Erase SanDisk Ultra, 32 GB?");
  await hold(page, "Enter");
  expect(double.asked.at(-1)).toMatchObject({ name: "runs.resume", input: { runId: run.id } });
});

test("putting an interrupted run aside takes the offer away", async () => {
  const run = interrupted(cardRun({ serial: "FLOPPY-RPI-00038" }));
  const { page } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: "Put aside" }).click();
  await page.getByText(/was interrupted/).waitFor({ state: "detached" });
});

test("a build tells how long it takes, and since when nix has said nothing", async () => {
  const { page } = await open(createBridgeDouble({ runs: [building(cardRun())] }));
  await page.clock.install();
  await page.getByRole("button", { name: /FLOPPY-RPI-00041 image/ }).click();
  await page.getByText(/ so far$/).waitFor();
  expect(await page.getByText(/Nix has said nothing/).count()).toBe(0);
  await page.clock.runFor(45_000);
  await page.getByText(/Nix has said nothing for \d+ (s|min)/).waitFor();
});

test("cancelling says what it leaves behind before it does", async () => {
  const run = transferring(cardRun(), "write", 0.4);
  const { page, double } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: /FLOPPY-RPI-00041 write 40 %/ }).click();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByText("The card stays half written and cannot boot. Nothing else is touched.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Cancel run" }).click();
  expect(double.asked.some((call) => call.name === "runs.cancel")).toBe(false);
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await heading(page, "Cancelled while writing");
});

test("a failed run says what happened, what is safe and what next, and shows its log", async () => {
  const run = failed(cardRun());
  const { page } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await heading(page, "Writing failed");
  await page.getByText("The card stopped accepting data at 1.94 GiB.").waitFor();
  await page.getByText(/The image and the inventory are safe/).waitFor();
  await page.getByText("Opened /dev/sdb exclusively.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await heading(page, /Which card/);
});

test("a failed build shows what its builder said last, line for line", async () => {
  const run = cardRun();
  const error = {
    code: "NIX_BUILD_FAILED" as const,
    message: "The build of linux failed.",
    hint: "Its last lines say why.",
    details: { derivation: "linux", log: ["compiling step 1", "fatal: no driver"] },
  };
  const status = { state: "failed" as const, phase: "image" as const, error, endedAt: run.startedAt };
  const { page } = await open(createBridgeDouble({ runs: [{ ...run, status }] }));
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByText(/compiling step 1\nfatal: no driver$/).waitFor();
});

test("a build shows its counts and its last lines; the log opens with L", async () => {
  const run = building(cardRun());
  const { page, double } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: /FLOPPY-RPI-00041 image/ }).click();
  await page.getByText("212 of 388").first().waitFor();
  await page.getByText("linux-rpi-6.6.51-modules").waitFor();
  await page.getByText("Opened /dev/sdb exclusively.").waitFor();
  const line = { at: run.startedAt, phase: "image" as const, level: "warning" as const, text: "low on disk" };
  double.emit({ event: "log", payload: { runId: run.id, lines: [line] } });
  await page.keyboard.press("l");
  await page.getByRole("region", { name: "Log" }).getByText("low on disk").waitFor();
});

test("from another place the rail tells of the run that was at hand, and leads back to it", async () => {
  const run = transferring(cardRun(), "write", 0.4);
  const { page, double } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: /FLOPPY-RPI-00041 write 40 %/ }).click();
  await page.getByRole("button", { name: "Settings" }).click();
  const rail = page.getByRole("complementary");
  double.emit({ event: "run", payload: transferring(run, "verify", 0.7) });
  await rail.getByText(/^70 % ·/).waitFor();
  await rail.getByRole("button", { name: /Back to it/ }).click();
  await heading(page, "Reading the card back");
});
