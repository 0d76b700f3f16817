import { z } from "zod";

/** What the station's page and the station agree upon, beside the calls of the contract. */

/** POST lets a browser in for a token, GET asks whether it is in, DELETE signs every browser out. */
export const SESSION_PATH = "/session";
/** POST makes an address for another browser. */
export const INVITATION_PATH = "/invitation";
export const SOCKET_PATH = "/api";

/** A browser's WebSocket can send no header of the page's but this list; the session's secret is its second name. */
export const SOCKET_PROTOCOL = "floppy";

/** What a POST is answered with: the session's secret, or the token for another browser. */
export const grant = z.object({ secret: z.string() });

/** What the page may do at the station's door; the window has no such door. */
export type StationDoor = {
  /** This browser too: the station prints a new address. */
  signOutEverywhere(): Promise<void>;
  /** An address that lets in one more browser, once. */
  invite(): Promise<string>;
};
