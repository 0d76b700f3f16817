import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take a minute and more, the longest first. */
const longest = [
  "lab/power",
  "lab/machines",
  "lab/faults",
  "lab/cli",
  "lab/install",
  "lab/usb/exchange",
  "lab/usb/tools",
  "lab/usb/held",
  "integration/writer/engine-files",
  "integration/writer/flash",
  "integration/nixos/identity",
  "integration/writer/interruptions",
  "integration/writer/engine-drives",
  "integration/writer/refused-images",
  "e2e/renderer/look",
  "e2e/renderer/batch",
  "e2e/renderer/target",
];

/** Where two files run side by side, a long one that begins last would keep the other side waiting. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
