import { type App, type Session, shell, type WebContents } from "electron";
import { isOwnPage, mayOpenOutside } from "./addresses.ts";

/** A page stays where it is: it neither goes elsewhere nor opens, embeds or becomes anything else. */
function guardContents(contents: WebContents) {
  contents.on("will-navigate", (event) => event.preventDefault());
  contents.on("will-frame-navigate", (event) => event.preventDefault());
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url);
    return { action: "deny" };
  });
}

export function guardApp(app: App) {
  app.on("web-contents-created", (_event, contents) => guardContents(contents));
}

/** Floppy's page needs no permission, no device and no address but its own. */
export function guardSession(session: Session, developing: boolean) {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.webRequest.onBeforeRequest(({ url }, callback) => {
    const isTool = developing && url.startsWith("devtools://");
    callback({ cancel: !isOwnPage(url) && !isTool });
  });
}
