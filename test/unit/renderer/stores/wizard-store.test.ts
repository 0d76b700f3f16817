import { expect, test } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { backupDisk, card, inspectionOf, lockedCard } from "../../../support/renderer/bench-data.ts";
import { cardRun, finished, interrupted } from "../../../support/renderer/bench-runs.ts";
import { openStores } from "../../../support/renderer/stores-double.ts";

const image = inspectionOf("/images/robot.img.zst");

async function atConfirm() {
  const opened = await openStores();
  const { wizard } = opened.stores;
  await wizard.identify("floppy-rpi-00041");
  wizard.chooseRole("robot");
  wizard.chooseFile(image);
  wizard.selectDrive(card.key);
  wizard.takeDrive();
  return { ...opened, wizard };
}

test("from serial to run: the request names the drive twice, and the run's screen opens", async () => {
  const { double, stores, wizard } = await atConfirm();
  await wizard.start();
  expect(double.asked.at(-1)).toEqual({
    name: "runs.start",
    input: {
      serial: "FLOPPY-RPI-00041",
      role: "robot",
      image: { kind: "file", path: "/images/robot.img.zst" },
      driveKey: card.key,
      eraseConfirmed: card.key,
    },
  });
  expect(stores.navigation.getState().place).toEqual({ place: "run", runId: "run-FLOPPY-RPI-00041" });
  expect(wizard.getState().draft.step).toBe("device");
});

test("what is no serial stays on the first question, with the error", async () => {
  const { stores } = await openStores();
  await stores.wizard.identify("nonsense");
  expect(stores.wizard.getState()).toMatchObject({
    draft: { step: "device" },
    act: { state: "failed", error: { code: "SERIAL_INVALID" } },
  });
});

test("no drive is chosen by itself, not even the only one", async () => {
  const { stores } = await openStores({ drives: [card] });
  await stores.wizard.identify("FLOPPY-RPI-00041");
  stores.wizard.chooseRole("robot");
  stores.wizard.chooseBuild();
  expect(stores.wizard.getState().draft).toMatchObject({ step: "drive", driveKey: null });
  stores.wizard.takeDrive();
  expect(stores.wizard.getState().draft.step).toBe("drive");
});

test("a chosen drive that vanishes is deselected, and it is said", async () => {
  const { double, wizard } = await atConfirm();
  wizard.back();
  expect(wizard.getState().draft).toMatchObject({ step: "drive", driveKey: card.key });
  double.emit({ event: "drives", payload: [lockedCard, backupDisk] });
  expect(wizard.getState()).toMatchObject({
    draft: { step: "drive", driveKey: null },
    notice: { kind: "driveLost" },
  });
});

test("a drive that vanishes before the erase leads back to the choice", async () => {
  const { double, wizard } = await atConfirm();
  double.emit({ event: "drives", payload: [backupDisk] });
  expect(wizard.getState()).toMatchObject({
    draft: { step: "drive", driveKey: null },
    notice: { kind: "driveLost", name: "SanDisk Ultra" },
  });
});

test("another drive coming or going leaves the choice alone", async () => {
  const { double, wizard } = await atConfirm();
  double.emit({ event: "drives", payload: [{ ...card, volumes: [] }] });
  expect(wizard.getState()).toMatchObject({
    draft: { step: "confirm", drive: { volumes: [] } },
    notice: null,
  });
});

test("a start that main refuses stays on the confirm step", async () => {
  const { double, wizard } = await atConfirm();
  double.handlers["runs.start"] = async () => {
    throw new FloppyError("DRIVE_REPLACED", "It is another drive now.", "Nothing was written.");
  };
  await wizard.start();
  expect(wizard.getState()).toMatchObject({
    draft: { step: "confirm" },
    act: { state: "failed", error: { code: "DRIVE_REPLACED" } },
  });
});

test("forty cards: the next serial goes straight to the drive, with role and image as before", async () => {
  const { stores } = await openStores();
  stores.wizard.nextDevice(finished(cardRun()));
  expect(stores.wizard.getState().draft).toEqual({ step: "device", suggestion: "FLOPPY-RPI-00042" });
  await stores.wizard.identify("FLOPPY-RPI-00042");
  expect(stores.wizard.getState().draft).toMatchObject({
    step: "drive",
    role: "robot",
    driveKey: null,
    device: { serial: "FLOPPY-RPI-00042" },
    image: { choice: { kind: "build" } },
  });
});

test("another host, or a known device with another role, is asked for its role", async () => {
  const { stores } = await openStores();
  stores.wizard.nextDevice(finished(cardRun()));
  await stores.wizard.identify("FLOPPY-RPI-00040");
  expect(stores.wizard.getState().draft.step).toBe("role");
  stores.wizard.restart();
  await stores.wizard.identify("FLOPPY-DEL-00007");
  expect(stores.wizard.getState().draft.step).toBe("role");
});

test("a device that is being provisioned right now is not asked for anything: its run is offered", async () => {
  const run = cardRun();
  const { stores } = await openStores({ runs: [run] });
  await stores.wizard.identify(run.serial);
  expect(stores.wizard.getState()).toMatchObject({
    draft: { step: "device" },
    act: { state: "ready" },
    notice: { kind: "underWay", run: { id: run.id } },
  });
});

test("resuming asks only for the drive, and confirms it like a new run", async () => {
  const run = interrupted(cardRun());
  const { double, stores } = await openStores({ runs: [run] });
  stores.wizard.resume(run);
  expect(stores.wizard.getState().draft).toMatchObject({ step: "drive", driveKey: null, role: "robot" });
  stores.wizard.selectDrive(card.key);
  stores.wizard.takeDrive();
  await stores.wizard.start();
  expect(double.asked.at(-1)).toEqual({
    name: "runs.resume",
    input: { runId: run.id, driveKey: card.key, eraseConfirmed: card.key },
  });
});

test("a scan in the middle of another device changes nothing until the person agrees", async () => {
  const { wizard } = await atConfirm();
  await wizard.scanned("FLOPPY-RPI-00039");
  expect(wizard.getState()).toMatchObject({
    draft: { step: "confirm", device: { serial: "FLOPPY-RPI-00041" } },
    notice: { kind: "scanned", text: "FLOPPY-RPI-00039" },
  });
  await wizard.switchTo("FLOPPY-RPI-00039");
  expect(wizard.getState().draft).toMatchObject({ device: { serial: "FLOPPY-RPI-00039" } });
});

test("an answer to a question that was left is dropped", async () => {
  const { stores } = await openStores();
  const slow = stores.wizard.identify("FLOPPY-RPI-00041");
  stores.wizard.resume(interrupted(cardRun({ serial: "FLOPPY-RPI-00038" })));
  await slow;
  expect(stores.wizard.getState().draft).toMatchObject({ device: { serial: "FLOPPY-RPI-00038" } });
});

const secondCard = { ...card, key: "usb-other", name: "Kingston", port: "usb-0:1:1.0" };

async function atBatchConfirm() {
  const opened = await openStores({ drives: [card, secondCard, backupDisk] });
  const { wizard } = opened.stores;
  await wizard.identify("FLOPPY-RPI-00039");
  wizard.chooseRole("robot");
  wizard.chooseFile(image);
  wizard.takeSeveral(true);
  wizard.selectDrives([card.key, secondCard.key]);
  wizard.takeDrives([card.key, secondCard.key]);
  return { ...opened, wizard };
}

test("several cards: serials that no card has, in the order of the ports, each drive named twice", async () => {
  const { double, stores, wizard } = await atBatchConfirm();
  await wizard.startBatch();
  expect(double.asked.at(-1)).toEqual({
    name: "runs.startBatch",
    input: {
      role: "robot",
      image: { kind: "file", path: "/images/robot.img.zst" },
      members: [
        { serial: "FLOPPY-RPI-00041", driveKey: secondCard.key, eraseConfirmed: secondCard.key },
        { serial: "FLOPPY-RPI-00042", driveKey: card.key, eraseConfirmed: card.key },
      ],
    },
  });
  expect(stores.navigation.getState().place).toEqual({ place: "batch", batchId: "batch-FLOPPY-RPI-00041" });
  expect(wizard.getState().draft.step).toBe("device");
});

test("going back from a batch keeps what was chosen, and one card is one again", async () => {
  const { wizard } = await atBatchConfirm();
  wizard.back();
  expect(wizard.getState().draft).toMatchObject({
    step: "drives",
    driveKeys: [secondCard.key, card.key],
  });
  wizard.takeSeveral(false);
  expect(wizard.getState().draft).toMatchObject({ step: "drive", driveKey: null });
});

test("a chosen card that vanishes gives its serial to nobody unseen: the choice is asked again", async () => {
  const { double, wizard } = await atBatchConfirm();
  double.emit({ event: "drives", payload: [card, backupDisk] });
  expect(wizard.getState()).toMatchObject({
    draft: { step: "drives", driveKeys: [card.key] },
    notice: { kind: "driveLost", name: "Kingston" },
  });
  double.emit({ event: "drives", payload: [backupDisk] });
  expect(wizard.getState().draft).toMatchObject({ step: "drives", driveKeys: [] });
});

test("after a batch the next serials follow its last one, with several cards again", async () => {
  const { stores } = await openStores();
  const last = { ...finished(cardRun()), batch: { id: "batch-1", serials: ["FLOPPY-RPI-00041"] } };
  await stores.wizard.nextBatch(last);
  expect(stores.wizard.getState().draft).toMatchObject({
    step: "drives",
    role: "robot",
    device: { serial: "FLOPPY-RPI-00042" },
    driveKeys: [],
  });
});

test("a card of a batch that is tried again goes back among the others", async () => {
  const batch = { id: "batch-1", serials: ["FLOPPY-RPI-00041"] };
  const run = { ...interrupted(cardRun()), batch };
  const { stores } = await openStores({ runs: [run] });
  stores.wizard.resume(run);
  stores.wizard.selectDrive(card.key);
  stores.wizard.takeDrive();
  await stores.wizard.start();
  expect(stores.navigation.getState().place).toEqual({ place: "batch", batchId: "batch-1" });
});

test("with a practice drive chosen, the image can still become the one to practise with", async () => {
  const practice = { ...card, key: "practice:1", kind: "practice" as const };
  const { double, stores } = await openStores({ drives: [card, practice] });
  await stores.wizard.identify("FLOPPY-RPI-00041");
  stores.wizard.chooseRole("robot");
  stores.wizard.chooseBuild();
  stores.wizard.selectDrive("practice:1");
  await stores.wizard.practise("card");
  expect(stores.wizard.getState()).toMatchObject({
    draft: { step: "drive", driveKey: "practice:1", image: { inspection: { practice: true } } },
    kept: { image: { choice: { kind: "practice" } } },
  });
  stores.wizard.takeDrive();
  await stores.wizard.start();
  expect(double.asked.at(-1)).toMatchObject({
    name: "runs.start",
    input: { image: { kind: "practice" }, driveKey: "practice:1" },
  });
});
