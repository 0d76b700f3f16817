import axe from "axe-core";
import { expect, test } from "vitest";
import type { Run } from "#contract/runs.ts";
import { backupDisk, bench, card } from "../../support/renderer/bench-data.ts";
import { atDisk, cardRun, interrupted, pushing, transferring } from "../../support/renderer/bench-runs.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { throughEveryScreen } from "../../support/renderer/every-screen.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

/** What the runs of others write to. */
const elsewhere = { ...card, key: "usb-elsewhere" };

test.each(["light", "dark"] as const)("every screen passes axe, in %s", async (theme) => {
  const double = createBridgeDouble({
    settings: { ...bench().settings, theme },
    runs: [
      interrupted(cardRun({ serial: "FLOPPY-RPI-00038" })),
      transferring(cardRun({ serial: "FLOPPY-RPI-00037", drive: elsewhere }), "verify", 0.2),
    ],
  });
  const { page } = await open(double);
  await page.evaluate(axe.source);
  const found: string[] = [];
  await throughEveryScreen(page, double, async (screen) => {
    const { violations } = await page.evaluate(() => Reflect.get(window, "axe").run());
    for (const { id, nodes } of violations)
      for (const node of nodes) found.push(`${screen}: ${id} at ${node.target}`);
  });
  expect(found).toEqual([]);
});

/** Forty names that are all too long, as disks and people give them. */
function crowdedBench() {
  const [volume] = card.volumes;
  const labels = ["Файлы 写真 🎞", "صور العائلة", "W".repeat(36), "photos of the summer", "backup"];
  const volumes = labels.flatMap((label, index) =>
    volume ? [{ ...volume, label, path: `/dev/sdb${index + 1}`, mountpoints: [`/media/tech/${label}`] }] : [],
  );
  const name = "Generic- USB3.0 CRW -SD Multi-Card Reader";
  const others = Array.from({ length: 9 }, (_, index) => ({ ...backupDisk, key: `disk-${index}`, name }));
  const running = ["30", "31", "32", "33", "34"].map((end) =>
    transferring(cardRun({ serial: `FLOPPY-RPI-000${end}`, drive: elsewhere }), "write", 0.5),
  );
  const machines = Array.from({ length: 8 }, (_, index): Run => {
    const serial = `FLOPPY-DEL-0002${index}`;
    return { ...(index % 2 ? atDisk() : pushing(0.4)), id: serial, serial };
  });
  return createBridgeDouble({
    drives: [{ ...card, name, volumes, port: "pci-0000:00:14.0-usb-0:4.3.2:1.0-scsi-0:0:0:0" }, ...others],
    runs: [...running, ...machines],
    settings: {
      ...bench().settings,
      benchName: "Workbench on the left of the second hall",
      flake: `git+https://git.example.org/${"fleet/".repeat(12)}?ref=production`,
    },
  });
}

/** Runs in the page: what is cut off sideways, and buttons that must be in sight and are not. */
function outOfPlace() {
  const isCut = (element: HTMLElement) => {
    // A field scrolls what it holds.
    if (element instanceof HTMLInputElement || element.className === "visually-hidden") return false;
    const { overflowX, textOverflow } = getComputedStyle(element);
    if (overflowX === "visible" || textOverflow === "ellipsis") return false;
    return element.clientWidth > 2 && element.scrollWidth > element.clientWidth + 1;
  };
  const isOutOfSight = (element: HTMLElement) => {
    const { right, bottom } = element.getBoundingClientRect();
    return right > window.innerWidth || bottom > window.innerHeight;
  };
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  const cut = all("aside, aside *, main, main *").filter(isCut);
  const unseen = all("footer button, nav button").filter(isOutOfSight);
  return [
    ...cut.map((element) => `${element.className} is cut`),
    ...unseen.map((button) => `${button.textContent} is out of sight`),
  ];
}

test.each([
  { bench: "usual", begin: () => createBridgeDouble() },
  { bench: "crowded", begin: crowdedBench },
])("at 1024×700 nothing is cut off sideways and the main act is in sight, on a $bench bench", async (the) => {
  const { page, double } = await open(the.begin(), { width: 1024, height: 700 });
  const wrong: string[] = [];
  await throughEveryScreen(page, double, async (screen) => {
    const found = await page.evaluate(outOfPlace);
    wrong.push(...found.map((problem) => `${screen}: ${problem}`));
  });
  expect(wrong).toEqual([]);
});
