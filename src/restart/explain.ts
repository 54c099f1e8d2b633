import { compareObjects, compareText } from '../objects/reference-order.ts';
import type { State, StatusItem } from '../types.ts';
import { nameObject } from './targets.ts';

/** States in the order in which they decide about a workload. */
const DECISIVE: readonly State[] = ['stale', 'refreshed', 'unknown', 'pending', 'missing', 'current'];

/** The state that decides about a workload: what asks for a restart before what forbids one, `current` last. `null` without items. */
export function decisiveState(items: readonly StatusItem[]): State | null {
  return DECISIVE.find((state) => items.some((item) => item.state === state)) ?? null;
}

/** What changed for a workload, one line a config that it does not run as it is now, sorted. */
export function explainChanges(items: readonly StatusItem[]): string[] {
  const byConfig = new Map<string, StatusItem[]>();
  for (const item of [...items].sort((a, b) => compareObjects(a.config, b.config))) {
    const name = nameObject(item.config);
    byConfig.set(name, [...(byConfig.get(name) ?? []), item]);
  }
  return [...byConfig].flatMap(([name, uses]) => {
    const state = decisiveState(uses);
    const decisive = uses.filter((use) => use.state === state);
    const keys = [...new Set(decisive.flatMap((use) => use.changedKeys))].sort(compareText);
    const changed = keys.length === 0 ? `${name} changed` : `${name} ${listKeys(keys)} changed`;
    switch (state) {
      case 'stale':
      case 'refreshed':
        return [changed];
      case 'pending':
        return [`${changed}, and is not yet in the mounted files`];
      case 'unknown':
        return [`${name} may have changed: ${decisive[0]?.reason ?? ''}`];
      case 'missing':
      case 'current':
      case null:
        return [];
      default:
        return state satisfies never;
    }
  });
}

const MOST_KEYS = 3;

function listKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, MOST_KEYS).join(', ');
  return keys.length > MOST_KEYS ? `${shown} and ${keys.length - MOST_KEYS} more` : shown;
}
