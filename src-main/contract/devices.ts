import { z } from "zod";
import { errorData } from "./errors.ts";

export const deviceStatus = z.discriminatedUnion("state", [
  z.object({ state: z.literal("registered") }),
  z.object({ state: z.literal("building") }),
  z.object({ state: z.literal("writing") }),
  z.object({ state: z.literal("verifying") }),
  z.object({ state: z.literal("flashed") }),
  /** Its stick is ready; the machine has to be booted from it, and its disk chosen. */
  z.object({ state: z.literal("awaited") }),
  z.object({ state: z.literal("installing") }),
  /** Installed, started, and found to be what was meant. */
  z.object({ state: z.literal("provisioned") }),
  z.object({ state: z.literal("failed"), error: errorData }),
]);
export type DeviceStatus = z.infer<typeof deviceStatus>;

export const device = z.object({
  serial: z.string(),
  host: z.string(),
  /** Null until the device was given one. */
  role: z.string().nullable(),
  hostname: z.string(),
  status: deviceStatus,
  /** Public half of the SSH host key on the medium last written; later connections pin it. */
  hostKey: z.string().nullable(),
  lastRunId: z.string().nullable(),
  /** Whether it was never written but to practice drives: training, not a device of the fleet. */
  practice: z.boolean().default(false),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Device = z.infer<typeof device>;

/** What a typed or scanned text turned out to be. */
export const identified = z.object({
  serial: z.string(),
  host: z.string(),
  hostname: z.string(),
  /** The device, if the inventory has it already. */
  known: device.nullable(),
});
export type Identified = z.infer<typeof identified>;
