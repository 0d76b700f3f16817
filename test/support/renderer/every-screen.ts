import type { Page } from "playwright";
import type { DriveTask } from "#contract/drive-tasks.ts";
import type { Run } from "#contract/runs.ts";
import {
  atBoot,
  atDisk,
  atReach,
  building,
  downloading,
  failed,
  finished,
  partitioning,
  provisioned,
  pushing,
  strangerAnswered,
  transferring,
} from "./bench-runs.ts";
import { foundFake, savedTask, soundTest, writingTest } from "./bench-tasks.ts";
import type { BridgeDouble } from "./bridge-double.ts";
import { heading, hold } from "./hands.ts";

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
  show(atBoot());
  await heading(page, "Boot the machine from the stick");
  await look("boot");
  show(atReach());
  await heading(page, "Reaching the machine");
  await look("reach");
  show(atDisk());
  await heading(page, "Which disk becomes the system?");
  await look("disk, none chosen");
  await page.getByRole("radio", { name: /Samsung/ }).check();
  await page.getByText("BitLocker volume").first().waitFor();
  await look("disk");
  show(partitioning());
  await heading(page, "Erasing and laying out the disk");
  await look("partitioning");
  show(pushing(0.4));
  await heading(page, "Installing the system");
  await look("pushing");
  show(strangerAnswered());
  await heading(page, /Reach/);
  await look("a stranger");
  show(provisioned());
  await heading(page, /is provisioned/);
  await look("provisioned");
}
