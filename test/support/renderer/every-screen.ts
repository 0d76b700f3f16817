import type { Page } from "playwright";
import type { DriveTask } from "#contract/drive-tasks.ts";
import type { Run } from "#contract/runs.ts";
import { interruptRun } from "#core/runs/transitions.ts";
import { allInterrupted, allReady, builtTogether, halfWay, hubCards, mostlyReady } from "./bench-batch.ts";
import { deviceOf } from "./bench-data.ts";
import {
  atBoot,
  atDisk,
  atReach,
  building,
  downloading,
  failed,
  finished,
  hostile,
  installFailed,
  partitioning,
  preparing,
  provisioned,
  pushing,
  restarting,
  strangerAnswered,
  transferring,
} from "./bench-runs.ts";
import { foundFake, savedTask, soundTest, writingTest } from "./bench-tasks.ts";
import type { BridgeDouble } from "./bridge-double.ts";
import { heading, hold, toSeveral } from "./hands.ts";

/** Goes through the screens, one after the other; each is looked at as it stands. */
export async function throughEveryScreen(
  page: Page,
  double: BridgeDouble,
  look: (name: string) => Promise<void>,
) {
  await look("device");
  await page.keyboard.type("FLOPPY-XXX-1");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await look("device with an error");
  await page.getByLabel("Device serial").fill("");
  await page.getByLabel("Device serial").focus();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await look("role");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByText("Free disk").waitFor();
  await look("image, build");
  await page.getByRole("radio", { name: "Local file" }).check();
  await page.getByRole("button", { name: /installer/ }).click();
  await page.getByText("This image takes no identity.").waitFor();
  await look("image, file");
  await page.getByRole("radio", { name: "Download" }).check();
  await page.getByText("Signed by the key in Settings").waitFor();
  await look("image, download");
  await page.getByRole("radio", { name: "Practice" }).check();
  await page.getByText("made here, without nix or a network").waitFor();
  await look("image, practice");
  await page.getByRole("radio", { name: "Build from the flake" }).check();
  await page.keyboard.press("Enter");
  await heading(page, /Which card/);
  await look("drive");
  await throughDriveTools(page, double, look);
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await heading(page, /^Erase/);
  await look("confirm");
  await hold(page, "Enter");
  const run = double.state().runs.at(-1) as Run;
  double.emit({ event: "run", payload: building(run) });
  await page.getByText("212 of 388").first().waitFor();
  await look("building");
  double.emit({ event: "run", payload: downloading(run) });
  await heading(page, "Downloading the image");
  await look("downloading");
  double.emit({ event: "run", payload: transferring(run, "write", 0.2) });
  double.emit({ event: "run", payload: transferring(run, "write", 0.63) });
  await heading(page, "Writing the card");
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Cancel run" }).click();
  await look("writing, with the log and the cancel question");
  double.emit({ event: "run", payload: failed(run) });
  await heading(page, "Writing failed");
  await look("failed");
  double.emit({ event: "run", payload: finished(run) });
  await heading(page, /is ready/);
  await look("done");
  await throughTargetScreens(page, double, run, look);
  await page.getByRole("button", { name: "Devices" }).click();
  await look("devices");
  await page.getByRole("button", { name: "FLOPPY-RPI-00040" }).click();
  await page.getByText("No medium was written for it yet.").waitFor();
  await look("device page");
  await page.getByRole("button", { name: "Settings" }).click();
  await look("settings");
  await throughBatchScreens(page, double, look);
}

/** Four cards at once, from their choice to the next four. */
async function throughBatchScreens(page: Page, double: BridgeDouble, look: (name: string) => Promise<void>) {
  const before = double.state().drives;
  double.emit({ event: "drives", payload: hubCards(before[0]) });
  await page.getByRole("button", { name: "Flash" }).click();
  await toSeveral(page, "FLOPPY-RPI-00051");
  await page.getByRole("button", { name: "Choose all 4" }).click();
  await page.getByText("FLOPPY-RPI-00054").waitFor();
  await look("several cards");
  await page.getByRole("button", { name: "Use 4 cards" }).click();
  await heading(page, "Erase these 4 cards?");
  await look("confirm a batch");
  await hold(page, "Enter");
  const runs = double.state().runs.filter((run) => run.batch !== null);
  const show = (states: Run[]) => {
    for (const payload of states) double.emit({ event: "run", payload });
  };
  show(builtTogether(runs));
  await page.getByText("212 of 388").first().waitFor();
  await look("a batch, building");
  show(halfWay(runs));
  await heading(page, "Writing 4 cards");
  await look("a batch, writing");
  await page.getByRole("button", { name: "Cancel FLOPPY-RPI-00053" }).click();
  await look("a batch, with the cancel question");
  await page.getByRole("button", { name: "Keep going" }).click();
  show(mostlyReady(runs));
  await heading(page, "3 of 4 cards are ready");
  await look("a batch, one failed");
  show(allReady(runs));
  await heading(page, "4 cards are ready");
  await look("a batch, ready");
  await page.getByRole("button", { name: "Next batch" }).click();
  await heading(page, "Which cards are written?");
  await look("the next batch");
  show(allInterrupted(runs));
  await page.getByRole("button", { name: "Back" }).click();
  await heading(page, "Which image?");
  await page.getByRole("button", { name: /^Device (new|known)/ }).click();
  await page.getByText("4 of a batch of 4 cards are not finished.").waitFor();
  await look("an unfinished batch");
  await page.getByRole("button", { name: "Show the batch" }).click();
  await heading(page, "0 of 4 cards are ready");
  await look("a batch, interrupted");
  double.emit({ event: "drives", payload: before });
}

async function throughDriveTools(page: Page, double: BridgeDouble, look: (name: string) => Promise<void>) {
  const [drive] = double.state().drives;
  await page
    .getByRole("button", { name: `Tools for ${drive?.name}` })
    .first()
    .click();
  await heading(page, /^Tools for/);
  await look("tools, quick test");
  await page.getByRole("radio", { name: "Save" }).check();
  await page.getByRole("radio", { name: "Used part" }).check();
  await look("tools, save");
  await page.getByRole("radio", { name: "Empty" }).check();
  await look("tools, empty");
  const show = (task: DriveTask) =>
    double.emit({ event: "driveTasks", payload: [{ ...task, drive: drive ?? task.drive }] });
  show(writingTest);
  await heading(page, /^Testing all of/);
  await look("a full test");
  show(foundFake);
  await heading(page, /Holds less than it says/);
  await look("a false drive");
  show(soundTest);
  await heading(page, /Passed its test/);
  await look("a sound drive");
  show(savedTask);
  await heading(page, /Saved/);
  await look("a saved drive");
  await page.getByRole("button", { name: "Back to the drives" }).click();
  await heading(page, /Which card/);
  await look("drive, saved");
  double.emit({ event: "driveTasks", payload: [] });
  await page.locator("input[name=drive]:enabled").first().focus();
}

/** The same window, where a laptop's run takes the place of the card's. */
async function throughTargetScreens(
  page: Page,
  double: BridgeDouble,
  shown: Run,
  look: (name: string) => Promise<void>,
) {
  const show = (run: Run) => double.emit({ event: "run", payload: { ...run, id: shown.id } });
  const laptop = deviceOf("FLOPPY-DEL-00007", "dell", "dev", { state: "awaited" });
  double.emit({ event: "device", payload: laptop });
  show(atBoot());
  await heading(page, "Boot the machine from the stick");
  await page.getByRole("button", { name: "Hide log" }).click();
  await page.getByText("It shows no address").click();
  await look("boot");
  await page.getByLabel("Its address").fill("not an address");
  await page.keyboard.press("Enter");
  await page.getByText(/cannot be reached/).waitFor();
  await look("boot, with an address that is none");
  show(atReach());
  await heading(page, "Reaching the machine");
  await look("reach");
  show(hostile(atDisk()));
  await heading(page, "Which disk becomes the system?");
  await look("disk, of a machine that lies");
  show(atDisk());
  await look("disk, none chosen");
  await page.getByRole("radio", { name: /Samsung/ }).check();
  await page.getByText("BitLocker volume").first().waitFor();
  await page.getByLabel(/last four of its serial/).fill("0000");
  await look("disk");
  await page.getByRole("button", { name: /commands/ }).click();
  await look("disk, with its commands");
  await page.getByRole("button", { name: "Cancel run" }).click();
  await look("disk, with the cancel question");
  await page.getByRole("button", { name: /Keep going/ }).click();
  show(preparing());
  await heading(page, "Preparing its system");
  await look("preparing");
  show(partitioning());
  await heading(page, "Erasing and laying out the disk");
  await look("partitioning");
  for (const done of [0.1, 0.2, 0.3]) show(pushing(done));
  show(pushing(0.4));
  await heading(page, "Installing the system");
  await look("pushing");
  show(restarting());
  await heading(page, "Rebooting the machine");
  await look("restarting");
  show(strangerAnswered());
  await heading(page, "Another machine answered");
  await look("a stranger");
  show(installFailed());
  await heading(page, "Installing the system failed");
  await page.getByText("Do an earlier phase again").click();
  await look("install failed");
  show(interruptRun(pushing(0.4)));
  await heading(page, "Interrupted while installing the system");
  await look("install interrupted");
  show(provisioned());
  await heading(page, /is provisioned/);
  await look("provisioned");
}
