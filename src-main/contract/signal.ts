/** An AbortSignal as browsers and Node have it alike; the contract is written against the types of neither. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } } ? Known : never;
