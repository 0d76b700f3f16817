import { cancelled } from "#contract/errors.ts";

export type Gathering<Order, Result> = {
  /** Resolves with what came of this member's order; CANCELLED where it was taken back before all were there. */
  come(member: number, order: Order): Promise<Result>;
  /** The member is not waited for any more. */
  go(member: number): void;
};

/** Acts once for all: when each of `size` members has come or gone, on the orders of those who came. */
export function gather<Order extends { signal: AbortSignal }, Result>(
  size: number,
  act: (orders: Order[]) => Promise<Result>[],
): Gathering<Order, Result> {
  const awaited = new Set(Array.from({ length: size }, (_, member) => member));
  const waiting = new Map<Order, PromiseWithResolvers<Result>>();

  function go(member: number): void {
    awaited.delete(member);
    if (awaited.size > 0 || waiting.size === 0) return;
    const orders = [...waiting.keys()];
    const endings = [...waiting.values()];
    waiting.clear();
    for (const [index, result] of act(orders).entries()) endings[index]?.resolve(result);
  }

  function come(member: number, order: Order): Promise<Result> {
    const ending = Promise.withResolvers<Result>();
    const takeBack = () => {
      if (waiting.delete(order)) ending.reject(cancelled("The run"));
    };
    waiting.set(order, ending);
    if (order.signal.aborted) takeBack();
    order.signal.addEventListener("abort", takeBack, { once: true });
    go(member);
    return ending.promise;
  }

  return { come, go };
}
