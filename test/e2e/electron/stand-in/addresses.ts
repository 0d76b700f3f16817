import { PAGE_URL } from "#contract/channels.ts";

/** Chromium by itself knows no scheme of ours, so the page is shown at this address, which nothing serves. */
const SHOWN = "http://app.floppy.localhost/";

export const toShown = (address: string) =>
  address.startsWith(PAGE_URL) ? SHOWN + address.slice(PAGE_URL.length) : address;

export const toReal = (address: string) =>
  address.startsWith(SHOWN) ? PAGE_URL + address.slice(SHOWN.length) : address;
