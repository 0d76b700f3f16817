// floppy-fleet: gathers the status of devices. Options are described in modules/services/fleet.nix.
import { once } from "node:events";
import { parseArgs } from "node:util";
import { createFleetServer } from "./server.mjs";
import { readState, stateWriter } from "./state-file.mjs";
import { readToken } from "./token.mjs";

const { values } = parseArgs({
  options: {
    address: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8440" },
    "token-file": { type: "string", default: "token" },
    "make-token": { type: "boolean", default: false },
    "state-file": { type: "string", default: "devices.json" },
    "max-devices": { type: "string", default: "1000" },
  },
});

const token = await readToken(values["token-file"], values["make-token"]);
const stateFile = values["state-file"];
const devices = new Map((await readState(stateFile)).map((device) => [device.serial, device]));
const save = stateWriter(stateFile, () => [...devices.values()]);

const server = createFleetServer({ token, devices, save, maxDevices: Number(values["max-devices"]) });
server.listen(Number(values.port), values.address);
await once(server, "listening");

const address = server.address();
const port = typeof address === "object" ? address?.port : values.port;
const host = values.address.includes(":") ? `[${values.address}]` : values.address;
console.log(`Fleet API: http://${host}:${port}`);

// Whatever is under way is finished and kept first.
process.once("SIGTERM", () => server.close());
