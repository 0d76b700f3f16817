// Prints the file of each module as it is loaded; given to Node by --import.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) console.log(fileURLToPath(url));
    return next(url, context);
  },
});
