// What npm and its packages say reaches the terminal as words alone: the rule of src-main/contract/harmless.ts, for
// a machine where nothing of Floppy's own can be run yet.
const colours = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;:]*m`, "g");
const harmful = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** @param {string} text */
export function harmless(text) {
  return text.replace(colours, "").replace(harmful, "");
}
