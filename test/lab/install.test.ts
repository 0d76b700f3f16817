/** The whole way of a laptop, in machines that start: from the stick that Floppy wrote to the device that confirms itself. */
import { describe, expect, it } from "vitest";
import { freePort, startSshd } from "../support/ssh/sshd.ts";
import { expectDone, isAt, serial } from "./floppy.ts";
import { expectDisk, expectRunning, expectStickWiped } from "./installed.ts";
import { setUpLaptop } from "./laptop.ts";

const laptop = setUpLaptop();

describe("a laptop that was booted from its stick", () => {
  it("becomes the device that was meant, on the disk that was chosen, and leaves no secret on the stick", async () => {
    await laptop.begin();
    const { floppy, ended } = laptop.opened();
    laptop.attend();
    await laptop.follow();
    const run = await ended();
    expectDone(run);
    const { device } = await floppy.handlers["devices.show"]({ serial });
    await expectRunning(laptop.bench(), laptop.target(), run, device);
    await expectDisk(laptop.bench(), laptop.target());
    await expectStickWiped(laptop.bench(), laptop.target());
    expect(await laptop.otherIsUntouched()).toBe(true);
  });

  it("is not touched where another machine answers at its address", async () => {
    await laptop.begin();
    const stranger = await startSshd();
    const { floppy, until, ended } = laptop.opened();
    await laptop.follow();
    await until("the boot question", isAt("boot"));
    const address = `127.0.0.1:${stranger.address.port}`;
    await floppy.handlers["runs.aim"]({ runId: laptop.bench().runId, address });
    const { status } = await ended();
    expect(status).toMatchObject({ phase: "reach", error: { code: "HOST_KEY_WRONG" } });
    await stranger.stop();
  });

  it("is said not to answer where nothing listens", async () => {
    await laptop.begin({ reachMs: 1000 });
    const { floppy, until, ended } = laptop.opened();
    await laptop.follow();
    await until("the boot question", isAt("boot"));
    const address = `127.0.0.1:${await freePort()}`;
    await floppy.handlers["runs.aim"]({ runId: laptop.bench().runId, address });
    expect((await ended()).status).toMatchObject({ error: { code: "TARGET_UNREACHABLE" } });
  });
});
