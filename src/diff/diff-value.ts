import { createHash } from 'node:crypto';
import type { ConfigKind, DiffChange } from '../types.ts';
import type { ConfigValue } from './config-values.ts';
import { isSameValue } from './config-values.ts';
import type { LineOptions } from './diff-lines.ts';
import { countLines, diffLines } from './diff-lines.ts';

/** How to show values. */
export interface ValueOptions extends LineOptions {
  /** Shows the values of Secrets. */
  showSecrets: boolean;
}

/** One value against another. */
export interface ValueDiff {
  change: Exclude<DiffChange, 'unknown'>;
  /** Hunks; '' where there are no lines to show. */
  diff: string;
  /** What stands in place of the lines; '' otherwise. */
  note: string;
}

/** The masks of `kubectl diff`: equal ones cannot be told from others, and nothing of a value shows, its length neither. */
export const MASK = { alone: '***', before: '*** (before)', after: '*** (after)' } as const;

/**
 * The difference of one key.
 * @param from `null` for a key that is not there
 * @returns `null` when there is none
 */
export function diffValue(
  from: ConfigValue | null,
  to: ConfigValue | null,
  kind: ConfigKind,
  options: ValueOptions,
): ValueDiff | null {
  if (isSameValue(from, to)) return null;
  const change = from === null ? 'added' : to === null ? 'removed' : 'changed';
  if (kind === 'Secret' && !options.showSecrets) {
    const before = to === null ? MASK.alone : MASK.before;
    const after = from === null ? MASK.alone : MASK.after;
    const lines = diffLines(from && before, to && after, options) ?? [];
    return { change, diff: lines.join('\n'), note: '' };
  }
  const moved =
    from !== null && to !== null && from.field !== to.field ? `moved from ${from.field} to ${to.field}` : '';
  const [old, now] = [from && decode(from.bytes), to && decode(to.bytes)];
  if (moved !== '' && old === now && isSameBytes(from, to))
    return { change, diff: '', note: `${moved}: the same bytes` };
  if (old === undefined || now === undefined) {
    return { change, diff: '', note: joinNotes(moved, describeBinary(from, to, kind)) };
  }
  const lines = diffLines(old, now, options);
  if (lines !== null) return { change, diff: lines.join('\n'), note: moved };
  const counts = `${countLines(old ?? '')} lines -> ${countLines(now ?? '')} lines`;
  return { change, diff: '', note: joinNotes(moved, `too much changed to show it as lines: ${counts}`) };
}

function isSameBytes(from: ConfigValue | null, to: ConfigValue | null): boolean {
  return from !== null && to !== null && Buffer.compare(from.bytes, to.bytes) === 0;
}

function joinNotes(...notes: string[]): string {
  return notes.filter((note) => note !== '').join('; ');
}

/** The text; `undefined` for bytes that are none. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function describeBinary(from: ConfigValue | null, to: ConfigValue | null, kind: ConfigKind): string {
  const sides = [from, to].filter((side) => side !== null);
  const sizes = sides.map(({ bytes }) => `${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}`).join(' -> ');
  // The hash of a Secret's value lets anyone test guesses of it.
  if (kind === 'Secret') return `binary, ${sizes}`;
  return `binary, ${sizes}, sha256 ${sides.map(({ bytes }) => hash(bytes)).join(' -> ')}`;
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}
