import { expect, test } from "vitest";
import { byPort, portNames, shortPort } from "#contract/ports.ts";
import { fakeDrive } from "../../support/fake-ports.ts";

const pci = "pci-0000:00:14.0";
const at = (key: string, port: string | null) => fakeDrive({ key, name: key, port });

test.each([
  [`${pci}-usb-0:4:1.0-scsi-0:0:0:0`, "USB 4"],
  [`${pci}-usb-0:4.3.2:1.0-scsi-0:0:0:0`, "USB 4.3.2"],
  [`${pci}-usbv3-0:1.10:1.0-scsi-0:0:0:0`, "USB 1.10"],
  [`${pci}-usb-0:2:1.0-scsi-0:0:0:1`, "USB 2 slot 2"],
  ["platform-fe340000.mmc", "platform-fe340000.mmc"],
])("%s is called %s", (port, name) => {
  expect(shortPort(port)).toBe(name);
});

test("two ports of the same number, of two controllers, are told by their whole names", () => {
  const [one, two] = [`${pci}-usb-0:1:1.0-scsi-0:0:0:0`, "pci-0000:2d:00.0-usb-0:1:1.0-scsi-0:0:0:0"];
  const names = portNames([at("a", one), at("b", two), at("c", `${pci}-usb-0:3:1.0`), at("d", null)]);
  expect([...names]).toEqual([
    ["a", one],
    ["b", two],
    ["c", "USB 3"],
  ]);
});

test("drives come in the order of their ports, those without one last", () => {
  const drives = [at("practice 10", null), at("practice 2", null), at("tenth", `${pci}-usb-0:4.10:1.0`)];
  const all = [...drives, at("second", `${pci}-usb-0:4.2:1.0`)];
  expect(all.toSorted(byPort).map(({ key }) => key)).toEqual([
    "second",
    "tenth",
    "practice 2",
    "practice 10",
  ]);
});
