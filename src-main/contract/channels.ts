/** The two channels between the window's page and main. */
export const CALL_CHANNEL = "floppy:call";
export const NOTIFICATION_CHANNEL = "floppy:notification";

/** Where the window's page comes from: a scheme of Floppy's own, so that no other page can be of its origin. */
export const PAGE_SCHEME = "floppy";
export const PAGE_HOST = "app";
export const PAGE_URL = `${PAGE_SCHEME}://${PAGE_HOST}/`;
