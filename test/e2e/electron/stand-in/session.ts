/** Electron's `session` and `protocol`, as far as Floppy's main uses them: what is set can be asked. */
type Handler = (request: Request) => Promise<Response>;
type Decide<Result> = (...args: [unknown, unknown, (result: Result) => void]) => void;
type BeforeRequest = (details: { url: string }, callback: (response: { cancel?: boolean }) => void) => void;

const handlers = new Map<string, Handler>();

export const protocol = {
  registeredSchemes: [] as unknown[],
  registerSchemesAsPrivileged(schemes: unknown[]) {
    protocol.registeredSchemes = schemes;
  },
  handle(scheme: string, handler: Handler) {
    handlers.set(scheme, handler);
  },
  /** What a request of a page is answered with, if its scheme is ours. */
  async serve(address: string, method: string) {
    return handlers.get(new URL(address).protocol.replace(/:$/, ""))?.(new Request(address, { method }));
  },
};

function allowAll<Result>(result: Result): Decide<Result> {
  return (_contents, _permission, callback) => callback(result);
}

/** As in Electron, everything is allowed until a handler says no. */
const rules = {
  request: allowAll(true) as Decide<boolean>,
  check: (() => true) as (...args: unknown[]) => boolean,
  device: (() => true) as (details: unknown) => boolean,
  display: ((_request, callback) => callback({})) as (
    request: unknown,
    callback: (streams: unknown) => void,
  ) => void,
  before: ((_details, callback) => callback({})) as BeforeRequest,
};

const decided = <Result>(start: (callback: (result: Result) => void) => void) => new Promise<Result>(start);

export const isCancelled = async (url: string) =>
  (await decided<{ cancel?: boolean }>((callback) => rules.before({ url }, callback))).cancel === true;

export const session = {
  defaultSession: {
    protocol,
    /** Chromium's own way of saving tells nobody. */
    on: () => undefined,
    setPermissionRequestHandler: (handler: typeof rules.request) =>
      Object.assign(rules, { request: handler }),
    setPermissionCheckHandler: (handler: typeof rules.check) => Object.assign(rules, { check: handler }),
    setDevicePermissionHandler: (handler: typeof rules.device) => Object.assign(rules, { device: handler }),
    setDisplayMediaRequestHandler: (handler: typeof rules.display) =>
      Object.assign(rules, { display: handler }),
    webRequest: { onBeforeRequest: (handler: BeforeRequest) => Object.assign(rules, { before: handler }) },
  },
  /** What the session would say, for tests. */
  decisions: {
    permissionRequest: (permission: string) =>
      decided<boolean>((callback) => rules.request(null, permission, callback)),
    permissionCheck: (permission: string) => rules.check(null, permission, "floppy://app"),
    device: () => rules.device({ deviceType: "usb" }),
    display: () => decided((callback) => rules.display({}, callback)),
    isCancelled,
  },
};
