import { objectKey } from '../objects/object-key.ts';
import type { Dependency, SkipCode, StatusItem } from '../types.ts';
import { decisiveState } from './explain.ts';
import { nameObject } from './targets.ts';

/** Why a workload that nobody named needs no restart. */
export interface InferredSkip {
  code: Extract<SkipCode, 'current' | 'pending' | 'ignored' | 'missing-reference'>;
  reason: string;
}

/**
 * Why a workload that nobody named needs no restart; `null` when it does.
 * @param uses its uses of what the restart is for, and `items` the verdicts on them
 * @param dropped keys of the configs that annotations say to ignore
 */
export function judgeInferred(
  uses: readonly Dependency[],
  items: readonly StatusItem[],
  dropped: ReadonlySet<string>,
  force: boolean,
): InferredSkip | null {
  const names = [...new Set(uses.map(({ config }) => nameObject(config)))].join(', ');
  if (uses.every(({ config }) => dropped.has(objectKey(config)))) {
    return { code: 'ignored', reason: `an annotation says to ignore ${names}` };
  }
  const state = decisiveState(force ? items : findDecisive(uses, items));
  switch (state) {
    case 'stale':
    case 'refreshed':
    case 'unknown':
      return null;
    case 'pending':
      if (force) return null;
      return {
        code: 'pending',
        reason: 'the kubelet is still to write the change into its mounted files: wait a little, or --force',
      };
    case 'missing':
      return { code: 'missing-reference', reason: describeMissing(items) };
    case 'current':
      return force ? null : { code: 'current', reason: 'it already runs what its configs hold now' };
    case null:
      return force ? null : { code: 'current', reason: `its containers hold nothing of ${names}` };
    default:
      return state satisfies never;
  }
}

/** The verdicts that may ask for a restart: what is optional and absent can never be shown to be current, and would be restarted for ever. */
export function findDecisive(uses: readonly Dependency[], items: readonly StatusItem[]): StatusItem[] {
  const absent = new Set(
    uses.filter(({ exists, optional }) => optional && exists === false).map(({ config }) => objectKey(config)),
  );
  return items.filter((item) => item.state !== 'unknown' || !absent.has(objectKey(item.config)));
}

function describeMissing(items: readonly StatusItem[]): string {
  const missing = items.filter(({ state }) => state === 'missing').map(({ config }) => nameObject(config));
  return `${[...new Set(missing)].join(', ')}, or a key of it, does not exist: its next start will fail, so it is left alone`;
}
