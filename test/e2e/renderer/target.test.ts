import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { TargetDisk } from "#contract/targets.ts";
import { bench } from "../../support/renderer/bench-data.ts";
import {
  atBoot,
  atDisk,
  atReach,
  hostile,
  installFailed,
  partitioning,
  preparing,
  provisioned,
  pushing,
  strangerAnswered,
} from "../../support/renderer/bench-runs.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading, scan } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";
import { archive, samsung, stick } from "../../unit/core/install/machine.ts";

const { open } = setUpRenderer();

const isFocused = (element: HTMLElement) => element === document.activeElement;

function withDisks(run: Run, disks: TargetDisk[]): Run {
  if (run.kind !== "install" || !run.installation.facts) throw new Error("the run has looked at its machine");
  return {
    ...run,
    installation: { ...run.installation, facts: { ...run.installation.facts, disks } },
  };
}

/** A page that shows a laptop's run, which stands where the test wants it. */
async function showing(run: ReturnType<typeof atBoot>) {
  const double = createBridgeDouble({ ...bench(), runs: [run] });
  const opened = await open(double);
  await opened.page
    .getByRole("list", { name: "Machines under way" })
    .getByRole("button", { name: run.serial })
    .click();
  return opened;
}

test("a machine that waits to be booted is told of at the start, with its maker's key and who else is there", async () => {
  const { page } = await showing(atBoot());
  await heading(page, "Boot the machine from the stick");
  await page.getByText("F12").first().waitFor();
  await page.getByText("FLOPPY-DEL-00009").waitFor();
  await page.getByText("installed device").waitFor();
});

test("an address that is none is told at its field", async () => {
  const { page, double } = await showing(atBoot());
  await page.getByLabel("Its address").fill("not an address");
  await page.getByRole("button", { name: "Look there" }).click();
  await page.getByText(/cannot be reached/).waitFor();
  await page.getByLabel("Its address").fill("192.168.1.47");
  await page.keyboard.press("Enter");
  await page.getByText(/cannot be reached/).waitFor({ state: "detached" });
  expect(double.asked.at(-1)).toMatchObject({ name: "runs.aim", input: { address: "192.168.1.47" } });
});

test("while it looks, what was tried is told with its outcome", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: atReach() });
  await page.getByText(/nothing listens there yet/).waitFor();
});

test("no disk is chosen where there are two; the stick cannot be", async () => {
  const { page } = await showing(atDisk());
  await heading(page, "Which disk becomes the system?");
  expect(await page.getByRole("radio", { checked: true, name: /Samsung|WDC/ }).count()).toBe(0);
  expect(await page.getByRole("radio", { name: /stick/ }).isDisabled()).toBe(true);
});

test("the keyboard alone chooses a disk, sees what is lost, and agrees by its serial", async () => {
  const { page, double } = await showing(atDisk());
  await heading(page, "Which disk becomes the system?");
  await page.keyboard.press("Space");
  await page.getByText("BitLocker volume").first().waitFor();
  await page.getByText("@snapshots", { exact: true }).first().waitFor();
  const field = page.getByLabel(/last four of its serial/);
  await field.focus();
  await page.keyboard.type("8711");
  await page.getByText("That is another serial.").waitFor();
  await page.keyboard.press("Enter");
  expect(double.asked.some(({ name }) => name === "runs.chooseDisk")).toBe(false);
  await field.fill("8712");
  await page.keyboard.press("Enter");
  await expect
    .poll(() => double.asked.at(-1))
    .toMatchObject({
      name: "runs.chooseDisk",
      input: { diskKey: samsung.key, eraseConfirmed: samsung.key, buildPlace: "here" },
    });
});

test("Enter leads from the disk to its serial; a disk without one is agreed to by holding", async () => {
  const run = atDisk();
  const nameless = { ...samsung, key: "nameless", identity: { ...samsung.identity, serial: null } };
  const { page, double } = await showing(withDisks(run, [nameless, archive]));
  await heading(page, "Which disk becomes the system?");
  await page.keyboard.press("ArrowDown");
  await page.getByText("ext4 “archive”").nth(1).waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByLabel(/last four of its serial/).evaluate(isFocused)).toBe(true);
  await page.getByRole("radio", { name: /Samsung/ }).check();
  const button = page.getByRole("button", { name: "Erase and install" });
  await page.getByText("Hold the button for a second").waitFor();
  await button.click();
  expect(double.asked.some(({ name }) => name === "runs.chooseDisk")).toBe(false);
  await button.focus();
  await page.keyboard.down("Enter");
  await expect
    .poll(() => double.asked.at(-1), { timeout: 10_000 })
    .toMatchObject({ name: "runs.chooseDisk", input: { eraseConfirmed: "nameless" } });
  await page.keyboard.up("Enter");
});

test("the only disk that can be chosen is chosen, and still wants its serial", async () => {
  const { page } = await showing(withDisks(atDisk(), [samsung, stick]));
  await page.getByText("BitLocker volume").nth(1).waitFor();
  expect(await page.getByRole("radio", { name: /Samsung/ }).isChecked()).toBe(true);
  expect(await page.getByRole("button", { name: "Erase and install" }).isDisabled()).toBe(true);
});

test("a refused choice says so, and the disk can be agreed to again", async () => {
  const { page, double } = await showing(atDisk());
  double.handlers["runs.chooseDisk"] = async () => {
    throw new FloppyError("TARGET_LOST", "The machine does not answer.", "Nothing was written.");
  };
  await page.getByRole("radio", { name: /Samsung/ }).check();
  await page.getByLabel(/last four of its serial/).fill("8712");
  await page.getByRole("button", { name: "Erase and install" }).click();
  await page.getByText("The machine does not answer.").waitFor();
  expect(await page.getByRole("button", { name: "Erase and install" }).isEnabled()).toBe(true);
});

test("a plan that cannot be made is told, and nothing can be agreed to", async () => {
  const { page, double } = await showing(atDisk());
  double.handlers["runs.plan"] = async () => {
    throw new FloppyError("TARGET_UNSUITED", "It has too little memory to build.", "Nothing was written.");
  };
  await page.getByRole("radio", { name: /Samsung/ }).check();
  await page.getByRole("radio", { name: "On the machine" }).check();
  await page.getByText("It has too little memory to build.").waitFor();
  expect(await page.getByLabel(/last four of its serial/).isDisabled()).toBe(true);
});

test("what was picked outlives a look elsewhere and the question whether to cancel; what was typed does not", async () => {
  const { page, double } = await showing(atDisk());
  await page.getByRole("radio", { name: /Samsung/ }).check();
  await page.getByLabel(/last four of its serial/).fill("8712");
  await page.getByRole("button", { name: "Devices" }).click();
  await page.getByRole("button", { name: /Back to it/ }).click();
  await page.getByText("BitLocker volume").nth(1).waitFor();
  expect(await page.getByLabel(/last four of its serial/).inputValue()).toBe("");
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByText(/nothing was written to the machine’s disks/).waitFor();
  await page.keyboard.press("Escape");
  expect(await page.getByRole("radio", { name: /Samsung/ }).isChecked()).toBe(true);
  expect(double.asked.some(({ name }) => name === "runs.cancel")).toBe(false);
});

test("while its system is built it is said that nothing is erased yet", async () => {
  const { page, double } = await showing(atDisk());
  double.emit({ event: "run", payload: preparing() });
  await heading(page, "Preparing its system");
  await page.getByText(/Nothing is erased yet/).waitFor();
});

test("the code scanned off a machine’s screen finds its run, from anywhere", async () => {
  const run = atBoot();
  const { page, double } = await open(createBridgeDouble({ ...bench(), runs: [run] }));
  await page.getByRole("button", { name: "Devices" }).click();
  await heading(page, "Devices");
  await scan(page, `ssh://root@192.168.1.47?serial=${run.serial}`);
  await heading(page, "Boot the machine from the stick");
  await page.getByText("Floppy asks there now.").waitFor();
  expect(double.asked.at(-1)).toMatchObject({ name: "runs.aim", input: { runId: run.id } });
});

test("of many machines those that wait for a person are listed first, and lead to their question", async () => {
  const machine = (serial: string, run: Run): Run => ({ ...run, id: serial, serial });
  const runs = [
    machine("FLOPPY-DEL-00011", pushing(0.4)),
    machine("FLOPPY-DEL-00012", atBoot()),
    machine("FLOPPY-DEL-00013", atDisk()),
  ];
  const { page } = await open(createBridgeDouble({ ...bench(), runs }));
  const rows = page.getByRole("list", { name: "Machines under way" }).getByRole("button");
  expect(await rows.allTextContents()).toEqual([
    "FLOPPY-DEL-00013dell-devwaits for its disk",
    "FLOPPY-DEL-00012dell-devwaits to be booted",
    "FLOPPY-DEL-00011dell-devinstalling 40 %",
  ]);
  await rows.first().click();
  await heading(page, "Which disk becomes the system?");
});

test("a phase that failed is retried alone, gone on from, or begun further back", async () => {
  const { page, double } = await showing(atBoot());
  const asked = () => expect.poll(() => double.asked.at(-1));
  const fail = async () => {
    double.emit({ event: "run", payload: installFailed() });
    await heading(page, "Installing the system failed");
  };
  await fail();
  await page.getByText(/boot it from the stick again/).waitFor();
  await page.getByText("Opened /dev/sdb exclusively.").waitFor();
  await page.getByRole("button", { name: "Retry this phase only" }).click();
  await asked().toMatchObject({ name: "runs.follow", input: { phases: ["install"] } });
  await fail();
  await page.getByRole("button", { name: "Go on" }).click();
  await asked().toMatchObject({ name: "runs.follow", input: { phases: null } });
  await fail();
  await page.getByText("Do an earlier phase again").click();
  await page.getByRole("button", { name: "From Configure" }).click();
  const phases = ["configure", "install", "check", "reboot", "confirm"];
  await asked().toMatchObject({ name: "runs.follow", input: { phases } });
});

test("whatever a machine says of itself is text", async () => {
  const { page } = await showing(hostile(atDisk()));
  await page.getByText("$(reboot) `rm -rf /` <img src=x onerror=alert(1)>").waitFor();
  await page.getByRole("radio", { name: /reboot/ }).check();
  await page.getByRole("button", { name: /Show the \d+ commands/ }).waitFor();
  expect(await page.locator("main img, main b b").count()).toBe(0);
});

test("every command can be read before one is run", async () => {
  const { page } = await showing(atDisk());
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: /Show the \d+ commands/ }).click();
  await page.getByText(/sgdisk --zap-all/).waitFor();
});

test("the command under way is told with the machine's last word", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: partitioning() });
  await heading(page, "Erasing and laying out the disk");
  await page.getByText("Format floppy-esp").first().waitFor();
  await page.getByText("mkfs.fat 4.2").waitFor();
});

test("cancelling says what it leaves of the disk", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: pushing(0.4) });
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByText(/holds no whole system yet. No other disk was touched/).waitFor();
});

test("a stranger at the address is refused loudly, with both keys", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: strangerAnswered() });
  await heading(page, "Another machine answered");
  await page.getByText("Floppy put on this stick").waitFor();
  await page
    .getByRole("definition")
    .filter({ hasText: "a".repeat(43) })
    .waitFor();
  await page
    .getByRole("definition")
    .filter({ hasText: "b".repeat(43) })
    .waitFor();
  await page.getByText(/Is it neither\? Do not go on/).waitFor();
  await page.getByRole("button", { name: "Look again" }).click();
  await expect
    .poll(() => double.asked.at(-1))
    .toMatchObject({ name: "runs.follow", input: { phases: null } });
});

test("the log can be saved", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: pushing(0.4) });
  await page.keyboard.press("l");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the log" }).click();
  expect((await saved).suggestedFilename()).toBe("FLOPPY-DEL-00007-2026-03-02.log");
  expect(await readFile(await (await saved).path(), "utf8")).toContain("Opened /dev/sdb exclusively.\n");
});

test("a provisioned device says what was found", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: provisioned() });
  await heading(page, "FLOPPY-DEL-00007 is provisioned");
  for (const found of ["GPT, 2 partitions, 6 mounts as laid out", "runs what was built", "192.168.1.47"])
    await page.getByRole("main").getByText(found).first().waitFor();
});
