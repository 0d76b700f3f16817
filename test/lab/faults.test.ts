/** A bad cable and a bad installer: the run ends resumed or with a clear stop, and nothing else is touched. */
import { afterEach, expect, it } from "vitest";
import { targetPhases } from "#contract/runs.ts";
import { expectDone, isAt } from "./floppy.ts";
import { setUpLaptop } from "./laptop.ts";

const laptop = setUpLaptop();

afterEach(async () => expect(await laptop.otherIsUntouched()).toBe(true));

it("a cable that is pulled in each phase is waited for, and nothing is lost", async () => {
  await laptop.begin();
  laptop.attend();
  const cuts = laptop.opened().onPhase(async (phase) => {
    if (phase === "boot") return;
    const noticed = laptop.opened().warned();
    await laptop.target().network("down");
    await noticed;
    await laptop.target().network("up");
  });
  await laptop.follow();
  expectDone(await laptop.opened().ended());
  await cuts.settled();
});

it("an installer that fails in all ways, and a machine that does not come back, stop the run where it goes on", async () => {
  await laptop.begin({ restartMs: 2000 });
  const { until, ended } = laptop.opened();
  const stopped = async () => (await ended()).status;
  const goOn = async () => {
    await laptop.follow();
    await until("to go on", ({ status }) => status.state === "running");
  };
  laptop.attend();
  await laptop.follow();
  await until("the disk to be laid out", isAt("mount"));
  await laptop.fault("half");
  expect(await stopped()).toMatchObject({ phase: "install", error: { code: "INSTALL_FAILED" } });

  await laptop.fault("memory");
  await goOn();
  expect(await stopped()).toMatchObject({ phase: "install", error: { code: "INSTALL_FAILED" } });

  // An installer that says nothing of a boot loader which is missing is not believed.
  await laptop.fault("bootloader");
  await goOn();
  expect(await stopped()).toMatchObject({ phase: "check", error: { code: "DEVICE_CHECK_FAILED" } });
  expect(await laptop.run("cat /etc/os-release")).toContain("installer");

  await laptop.fault(null);
  const { floppy } = laptop.opened();
  await floppy.handlers["runs.follow"]({
    runId: laptop.bench().runId,
    phases: [...targetPhases.slice(targetPhases.indexOf("install"))],
  });
  await until("the restart", isAt("confirm"));
  await laptop.target().powerCut();
  expect(await stopped()).toMatchObject({ phase: "confirm", error: { code: "TARGET_UNREACHABLE" } });

  await laptop.reopen();
  await laptop.target().powerOn({ bootFrom: "disk" });
  await laptop.follow();
  await laptop.aim();
  expectDone(await laptop.opened().ended());
});
