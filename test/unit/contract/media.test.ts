import { expect, test } from "vitest";
import { driveTaskCalls } from "#contract/drive-tasks.ts";
import { driveLabel } from "#contract/media.ts";

const save = driveTaskCalls["drives.save"].input;
const request = { driveKey: "usb-1", path: "/home/ada/card.img", part: "all", replaceConfirmed: null };

test.each([
  "/home/ada/card.img",
  "/home/ada/card.img.zst",
  "/a b/ü.ZST",
  "/x.Iso",
  "/home/ada/.images/card.raw",
])("a drive may be saved as %s", (path) => expect(save.safeParse({ ...request, path }).success).toBe(true));

test.each([
  ["a file that a shell reads", "/home/ada/.bashrc"],
  ["one with an ending", "/home/ada/.profile.img"],
  ["a key", "/home/ada/.ssh/authorized_keys"],
  ["a program that starts with the desktop", "/home/ada/.config/autostart/x.desktop"],
  ["a text", "/home/ada/thesis.txt"],
  ["a name without an ending", "/home/ada/card"],
  ["a packed file that Floppy does not make", "/home/ada/card.img.gz"],
  ["an ending alone", "/home/ada/.img"],
  ["a folder", "/home/ada/card.img/"],
  ["a path from nowhere", "card.img"],
  ["a path with a line end", "/home/ada/card.img\n"],
  ["nothing", ""],
])("a page cannot have a drive saved as %s", (_what, path) => {
  expect(save.safeParse({ ...request, path }).success).toBe(false);
});

test("a bare word replaces no file", () => {
  expect(save.safeParse({ ...request, replace: true }).success).toBe(false);
  expect(save.safeParse({ ...request, replaceConfirmed: true }).success).toBe(false);
});

test.each([
  ["FLOPPY", true],
  ["A", true],
  ["MY CARD-1_2", true],
  ["ELEVEN CHRS", true],
  ["TWELVE CHARS", false],
  ["ENDS ", false],
  [" BEGINS", false],
  ["NO NAME", false],
  ["NO NAME 2", true],
  ["small", false],
  ["Ü", false],
  ["", false],
])("a drive may be called %j: %s", (label, may) => {
  expect(driveLabel.safeParse(label).success).toBe(may);
});
