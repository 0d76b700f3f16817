/** Works on one run: saves it COUNT times with the position counted up, then stays until stdin ends. */
import { openInventory } from "#adapters/inventory/inventory.ts";
import { aDevice, aRun, writing } from "./records.ts";

const [file = "", id = "", serial = "", count = "1"] = process.argv.slice(2);
const drive = { ...aRun().drive, key: `card of ${serial}` };
const inventory = await openInventory({ file });
await inventory.registerDevice(aDevice({ serial }));
for (let position = 1; position <= Number(count); position++) {
  await inventory.saveRun(aRun({ id, serial, drive, write: writing(position) }));
  await inventory.appendLog(id, [
    { at: new Date().toISOString(), phase: "write", level: "info", text: `${position}` },
  ]);
  if (position === 1) console.log("started");
}
console.log("saved");
for await (const _ of process.stdin);
await inventory.close();
