import { type CallName, calls, type Floppy, type Handlers, type Notify } from "#contract/api.ts";

/** A core for tests of the doors: it records the calls that reach it and answers as told. */
export function createFakeFloppy() {
  const received: { name: string; input: unknown }[] = [];
  const answers = new Map<CallName, (input: never) => Promise<unknown>>();
  const listeners = new Set<Notify>();

  const handle = (name: CallName) => async (input: never) => {
    received.push({ name, input });
    return await (answers.get(name)?.(input) ?? {});
  };
  const names = Object.keys(calls) as CallName[];
  const handlers = Object.fromEntries(names.map((name) => [name, handle(name)])) as Handlers;

  return {
    floppy: {
      handlers,
      subscribe(listener: Notify) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } satisfies Floppy,
    received,
    listeners,
    /** Sets what a call does from now on. */
    answer<Name extends CallName>(name: Name, handler: Handlers[Name]) {
      answers.set(name, handler);
    },
    notify: ((notification) => {
      for (const listener of listeners) listener(notification);
    }) satisfies Notify,
  };
}
