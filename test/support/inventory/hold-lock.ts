/** Keeps the database locked, as a stuck program would, until it is killed. */
import { DatabaseSync } from "node:sqlite";

const [file = ""] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec("begin exclusive");
console.log("locked");
process.stdin.resume();
