import { describe, expect, it } from "vitest";
import { fakeDrive, fakePorts } from "../../../support/fake-ports.ts";
import { openRecording, request } from "../../../support/runs.ts";

const practiceDrive = fakeDrive({ key: "practice-1", kind: "practice", name: "Practice drive" });
const practice = { ...request, driveKey: practiceDrive.key, eraseConfirmed: practiceDrive.key };

async function bench() {
  const ports = fakePorts();
  ports.plugged = [fakeDrive(), practiceDrive];
  const { floppy, reached } = await openRecording(ports);
  const finish = async (asked: typeof request) => {
    const done = reached("done");
    await floppy.handlers["runs.start"](asked);
    await done;
    return ports.inventory.device(request.serial);
  };
  return { floppy, finish };
}

describe("a practice run", () => {
  it("makes a device that is marked as practice, until a real medium is written for it", async () => {
    const { floppy, finish } = await bench();
    expect(await finish(practice)).toMatchObject({ practice: true, status: { state: "flashed" } });
    expect(await finish(request)).toMatchObject({ practice: false, status: { state: "flashed" } });
    await floppy.close();
  });

  it("changes nothing about a real device: neither its status nor the key that it is known by", async () => {
    const { floppy, finish } = await bench();
    const real = await finish(request);
    expect(real).toMatchObject({ practice: false });
    expect(await finish(practice)).toEqual(real);
    await floppy.close();
  });

  it("does not make a device real or flashed that was added by hand", async () => {
    const { floppy, finish } = await bench();
    const added = await floppy.handlers["devices.add"]({ serial: request.serial, role: "robot" });
    expect(await finish(practice)).toEqual(added);
    await floppy.close();
  });
});

describe("removing a device", () => {
  it("wants it named twice, and is told to every door", async () => {
    const { floppy, finish } = await bench();
    await finish(request);
    const told: string[] = [];
    floppy.subscribe(({ event }) => void told.push(event));
    const { serial } = request;
    const careless = floppy.handlers["devices.remove"]({ serial, removeConfirmed: "FLOPPY-RPI-00002" });
    await expect(careless).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(told).toEqual([]);
    expect(await floppy.handlers["devices.remove"]({ serial, removeConfirmed: serial })).toEqual({ runs: 1 });
    expect(told).toEqual(["deviceRemoved"]);
    expect((await floppy.handlers["app.state"]({})).devices).toEqual([]);
    await floppy.close();
  });
});
