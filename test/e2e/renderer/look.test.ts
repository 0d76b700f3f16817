import axe from "axe-core";
import { expect, test } from "vitest";
import { bench } from "../../support/renderer/bench-data.ts";
import { cardRun, interrupted, transferring } from "../../support/renderer/bench-runs.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { throughEveryScreen } from "../../support/renderer/every-screen.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

test.each(["light", "dark"] as const)("every screen passes axe, in %s", async (theme) => {
  const double = createBridgeDouble({
    settings: { ...bench().settings, theme },
    runs: [
      interrupted(cardRun({ serial: "FLOPPY-RPI-00038" })),
      transferring(cardRun({ serial: "FLOPPY-RPI-00037" }), "verify", 0.2),
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

test("at 1024×700 nothing is cut off sideways, and the main act is in sight on every screen", async () => {
  const double = createBridgeDouble();
  const { page } = await open(double, { width: 1024, height: 700 });
  const wrong: string[] = [];
  await throughEveryScreen(page, double, async (screen) => {
    const problems = await page.evaluate(() => {
      const isCut = (element: HTMLElement) => {
        const { overflowX, textOverflow } = getComputedStyle(element);
        if (element.className === "visually-hidden" || overflowX === "visible" || textOverflow === "ellipsis")
          return false;
        return element.clientWidth > 2 && element.scrollWidth > element.clientWidth + 1;
      };
      const isOutOfSight = (element: HTMLElement) => {
        const { right, bottom } = element.getBoundingClientRect();
        return right > window.innerWidth || bottom > window.innerHeight;
      };
      const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
      return [
        ...all("aside, main, main *")
          .filter(isCut)
          .map((element) => `${element.className} is cut`),
        ...all("footer button")
          .filter(isOutOfSight)
          .map((button) => `${button.textContent} is out of sight`),
      ];
    });
    wrong.push(...problems.map((problem) => `${screen}: ${problem}`));
  });
  expect(wrong).toEqual([]);
});
