/** A source of the same "random" choices for the same seed, so that a failure can be replayed. */
export interface Random {
  /** A whole number from 0 up to, not including, the bound. */
  below(bound: number): number;
  /** True once in so many times. */
  once(times: number): boolean;
  /** One of these. */
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** As many values, up to and including the bound, as chance has it. */
  some<T>(bound: number, make: (index: number) => T): T[];
}

/** Mulberry32: 32 bits of state are plenty for choices in tests. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    once: (times) => below(times) === 0,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    some: (bound, make) => Array.from({ length: below(bound + 1) }, (_, index) => make(index)),
  };
}
