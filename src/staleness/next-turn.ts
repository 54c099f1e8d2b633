import type { StatusItem } from '../types.ts';
import { REWRITE_BOUND } from './judgement.ts';

/** The least wait, in milliseconds: clocks of others decide, and they may be a little ahead. */
const LEAST = 500;

/** Milliseconds until some verdict becomes another one by time alone, as `pending` does; `Infinity` when none will. */
export function findNextTurn(items: readonly StatusItem[], now: number): number {
  const waits = items
    .filter(({ pods }) => pods.some(({ state }) => state === 'pending'))
    .map(({ changedAt }) => (changedAt === null ? REWRITE_BOUND : Date.parse(changedAt) + REWRITE_BOUND - now));
  return waits.reduce((least, wait) => Math.min(least, Math.max(LEAST, wait)), Number.POSITIVE_INFINITY);
}
