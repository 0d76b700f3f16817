type Handler = (event: unknown, ...args: unknown[]) => unknown;

const handlers = new Map<string, Handler>();

export const ipcMain = {
  handle(channel: string, handler: Handler) {
    handlers.set(channel, handler);
  },
  /** How many messages arrived. */
  arrived: 0,
  /** What a frame's `ipcRenderer.invoke` ends in. */
  async invoke(channel: string, event: unknown, args: unknown[]) {
    ipcMain.arrived += 1;
    const handler = handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return handler(event, ...args);
  },
};
