import type { Random } from '../support/random.ts';
import { makeRandom } from '../support/random.ts';

// FUZZ_SEED=7 FUZZ_SECONDS=600 for another and a longer search; the seconds are for all fuzzers together.
const seed = Number(process.env['FUZZ_SEED'] ?? '1');
const seconds = Number(process.env['FUZZ_SECONDS'] ?? '18');
/** As many as there are files beside this one. */
const FUZZERS = 6;
/** Even the busiest machine tries so many. */
const FEWEST = 10;

/** Milliseconds that a test with a search in it may take: a round that hangs ends it. */
export const SEARCH_TIMEOUT = (seconds / FUZZERS) * 1000 + 120_000;

/**
 * Tries one round after the other, each with a seed of its own, until the time is over.
 * @param share of the time that a file has
 * @throws what the round throws, with the seed that brings it back: FUZZ_SEED of that number begins with it
 */
export async function search(share: number, round: (random: Random) => unknown): Promise<number> {
  const end = performance.now() + (seconds / FUZZERS) * 1000 * share;
  let rounds = 0;
  while (rounds < FEWEST || performance.now() < end) {
    const current = seed + rounds;
    try {
      await round(makeRandom(current));
    } catch (cause) {
      const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      throw new Error(`FUZZ_SEED=${current}: ${why.slice(0, 4000)}`, { cause });
    }
    rounds++;
    // Timers and sockets have their turn.
    if (rounds % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return rounds;
}
