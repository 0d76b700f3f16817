// The fleet API over HTTP:
//   POST /v1/reports          takes a device's status report
//   GET  /v1/devices          lists the devices
//   GET  /v1/devices/SERIAL   one of them
import { createServer } from "node:http";
import { BodyTooLarge, readBody } from "./body.mjs";
import { reported } from "./devices.mjs";
import { parseReport, WrongReport } from "./report.mjs";
import { bears } from "./token.mjs";

/** @typedef {import("./devices.mjs").Device} Device */
/** @typedef {{ status: number, body?: unknown, headers?: Record<string, string> }} Answer */

const bodyLimit = 64 * 1024;
// A device sends one small report, so whoever is slow or many is not one.
const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
};
const maxConnections = 128;

/** @param {number} status @param {string} message @returns {Answer} */
const refusal = (status, message, headers = {}) => ({ status, body: { message }, headers });

/** @param {unknown} error */
function failure(error) {
  if (error instanceof BodyTooLarge) return refusal(413, `A report has at most ${bodyLimit} bytes.`);
  if (error instanceof WrongReport) return refusal(400, error.message);
  console.error(error);
  return refusal(500, "The fleet could not keep the report. It will take the next one.");
}

/** @param {import("node:http").ServerResponse} response @param {Answer} answer */
function send(response, { status, body, headers }) {
  // After a refusal the rest of the request is not read, so the connection is of no more use.
  const end = status >= 400 ? { Connection: "close" } : {};
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  response.writeHead(status, { "Cache-Control": "no-store", ...type, ...end, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/**
 * @param {object} options
 * @param {string} options.token
 * @param {Map<string, Device>} options.devices by serial; kept up to date
 * @param {() => Promise<void>} options.save puts them on the disk
 * @param {number} options.maxDevices
 */
export function createFleetServer({ token, devices, save, maxDevices }) {
  /** @param {import("node:http").IncomingMessage} request @returns {Promise<Answer>} */
  const takeReport = async (request) => {
    const report = parseReport(await readBody(request, bodyLimit));
    const known = devices.get(report.serial);
    if (!known && devices.size >= maxDevices)
      return refusal(507, `The fleet has ${maxDevices} devices and takes no more.`);
    devices.set(report.serial, reported(known, report, new Date()));
    await save();
    return { status: 204 };
  };

  const list = () => ({
    status: 200,
    body: [...devices.values()].toSorted((one, other) => (one.serial < other.serial ? -1 : 1)),
  });

  /** @param {string} serial @returns {Answer} */
  const show = (serial) => {
    const device = devices.get(serial);
    return device ? { status: 200, body: device } : refusal(404, "No such device has reported.");
  };

  /** @param {import("node:http").IncomingMessage} request @returns {Answer | Promise<Answer>} */
  const answer = (request) => {
    if (!bears(token, request.headers.authorization))
      return refusal(401, "The token is missing or wrong.", { "WWW-Authenticate": "Bearer" });
    const path = request.url ?? "";
    const serial = /^\/v1\/devices\/([A-Z0-9-]+)$/.exec(path)?.[1];
    const expected = path === "/v1/reports" ? "POST" : "GET";
    if (!serial && path !== "/v1/reports" && path !== "/v1/devices")
      return refusal(404, "There is nothing here.");
    if (request.method !== expected) return refusal(405, `Only ${expected} here.`, { Allow: expected });
    if (serial) return show(serial);
    return expected === "POST" ? takeReport(request) : list();
  };

  const server = createServer(limits, async (request, response) => {
    try {
      send(response, await answer(request));
    } catch (error) {
      // A peer that went away wants no answer.
      if (!request.destroyed || request.complete) send(response, failure(error));
    }
  });
  server.maxConnections = maxConnections;
  return server;
}
