import { expect, test } from "vitest";
import { noPick, serialOfLink } from "../../../../src-renderer/stores/target-store.ts";
import { atBoot, atDisk } from "../../../support/renderer/bench-runs.ts";
import { openStores } from "../../../support/renderer/stores-double.ts";
import { archive, samsung } from "../../core/install/machine.ts";

const link = `ssh://root@192.168.1.47?serial=FLOPPY-DEL-00007&fingerprint=SHA256:${"a".repeat(43)}`;

test.each([
  [link, "FLOPPY-DEL-00007"],
  ["ssh://root@[fe80::1]:2222/?fingerprint=SHA256:a&serial=floppy-del-00007", "FLOPPY-DEL-00007"],
  ["FLOPPY-DEL-00007", null],
  ["ssh://root@192.168.1.47", null],
  ["https://192.168.1.47?serial=FLOPPY-DEL-00007", null],
  ["ssh://h?notserial=FLOPPY-DEL-00007", null],
])("%s tells of %s", (text, serial) => {
  expect(serialOfLink(text)).toBe(serial);
});

test("the code on a machine’s screen leads to its run, and tells it where the machine is", async () => {
  const run = atBoot();
  const { stores, double } = await openStores({ runs: [run] });
  await stores.target.scanned(link);
  expect(stores.navigation.getState().place).toEqual({ place: "run", runId: run.id });
  expect(double.asked.at(-1)).toEqual({ name: "runs.aim", input: { runId: run.id, address: link } });
  expect(stores.target.getState().aims[run.id]).toMatchObject({ state: "sent", error: null });
});

test("a code of no run here is left to others", async () => {
  const { stores } = await openStores({ runs: [atBoot()] });
  expect(stores.target.scanned("FLOPPY-DEL-00007")).toBeNull();
  expect(stores.target.scanned(link.replace("00007", "00099"))).toBeNull();
});

test("an address that is none stays in its field with the error, until it is typed anew", async () => {
  const run = atBoot();
  const { stores } = await openStores({ runs: [run] });
  await stores.target.aim(run.id, "not an address");
  expect(stores.target.getState().aims[run.id]).toMatchObject({
    text: "not an address",
    error: { code: "INVALID_INPUT" },
  });
  stores.target.type(run.id, "192.168.1.47");
  expect(stores.target.getState().aims[run.id]).toMatchObject({ error: null });
});

test("the plan shown is that of the pick last made, however late an older one comes", async () => {
  const run = atDisk();
  const { stores, double } = await openStores({ runs: [run] });
  const planned = double.handlers["runs.plan"];
  const late = Promise.withResolvers<void>();
  double.handlers["runs.plan"] = async (input) => {
    if (input.diskKey === archive.key) await late.promise;
    return planned(input);
  };
  const first = stores.target.showPlan(run.id, { ...noPick, diskKey: archive.key });
  await stores.target.showPlan(run.id, { ...noPick, diskKey: samsung.key });
  late.resolve();
  await first;
  expect(stores.target.getState().plan).toMatchObject({ state: "ready", value: { disk: samsung } });
});

test("choosing names the plan’s own disk twice", async () => {
  const run = atDisk();
  const { stores, double } = await openStores({ runs: [run] });
  await stores.target.showPlan(run.id, { diskKey: samsung.key, buildPlace: "target" });
  const { plan } = stores.target.getState();
  if (plan.state !== "ready") throw new Error("there is a plan");
  await stores.target.chooseDisk(run.id, plan.value);
  expect(double.asked.at(-1)).toEqual({
    name: "runs.chooseDisk",
    input: { runId: run.id, diskKey: samsung.key, eraseConfirmed: samsung.key, buildPlace: "target" },
  });
});
