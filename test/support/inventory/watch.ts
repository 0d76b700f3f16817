/** Watches the inventory and has nothing else to do: it ends by itself, without closing anything. */
import { openInventory } from "#adapters/inventory/inventory.ts";

const [file = ""] = process.argv.slice(2);
const inventory = await openInventory({ file });
inventory.watch(() => console.log("changed"));
console.log("watching");
