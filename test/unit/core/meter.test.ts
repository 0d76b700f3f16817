import { describe, expect, it } from "vitest";
import { Meter } from "#core/meter.ts";

describe("progress", () => {
  it("starts without a speed, and so without a time left", () => {
    expect(new Meter(1000, 0).at(0, 0)).toEqual({
      position: 0,
      sizeBytes: 1000,
      speed: 0,
      averageSpeed: 0,
      etaSeconds: null,
    });
  });

  it("has the speed of the last two seconds, and the average from the start", () => {
    const meter = new Meter(10_000, 0);
    meter.at(1000, 1000);
    meter.at(2000, 2000);
    expect(meter.at(6000, 4000)).toMatchObject({ speed: 2000, averageSpeed: 1500, etaSeconds: 2 });
  });

  it("takes no speed from what was there before", () => {
    const meter = new Meter(10_000, 0, 5000);
    expect(meter.at(6000, 1000)).toMatchObject({ speed: 1000, averageSpeed: 1000, etaSeconds: 4 });
  });

  it("counts down to zero", () => {
    const meter = new Meter(1000, 0);
    expect(meter.at(1000, 500)).toMatchObject({ speed: 2000, etaSeconds: 0 });
  });

  it("has no time left to tell where nothing moves", () => {
    const meter = new Meter(1000, 0);
    meter.at(500, 100);
    expect(meter.at(500, 5000)).toMatchObject({ speed: 0, etaSeconds: null });
  });
});
