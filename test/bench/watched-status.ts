import type { StatusItem } from '../../src/types.ts';

/** A line of `status -w -o json`. */
export type StatusLine = StatusItem & { change: 'added' | 'modified' | 'deleted' };

/** The state that the lines of `status -w -o json` add up to. */
export class WatchedStatus {
  lines = 0;
  readonly #items = new Map<string, StatusItem>();

  take({ change, ...item }: StatusLine): void {
    this.lines++;
    if (change === 'deleted' || item.state === 'current') this.#items.delete(keyOf(item));
    else this.#items.set(keyOf(item), item);
  }

  /**
   * What differs from what a fresh `status` tells. The server forgets how configs were, and the watch does not: where the fresh one lacks evidence
   * for that reason alone, both are right.
   */
  compare(fresh: readonly StatusItem[]): { different: string[]; remembered: number } {
    const different: string[] = [];
    let remembered = 0;
    const left = new Map(this.#items);
    const describe = (item: StatusItem | undefined) =>
      `${item?.state ?? 'current'} (${item?.evidence ?? 'none'}: ${item?.reason})`;
    for (const item of fresh) {
      const key = keyOf(item);
      const told = left.get(key);
      left.delete(key);
      if (told?.state === item.state) continue;
      if (isForgotten(item, told)) remembered++;
      else different.push(`${key}: ${describe(told)}, now ${describe(item)}`);
    }
    for (const [key, told] of left) different.push(`${key}: ${describe(told)}, now current`);
    return { different, remembered };
  }
}

function isForgotten(fresh: StatusItem, told: StatusItem | undefined): boolean {
  const isWeak = fresh.evidence === 'time' || fresh.evidence === 'none';
  return isWeak && (told === undefined || told.evidence === 'history');
}

function keyOf({ workload, container, init, config, via, keys, at, optional }: StatusItem): string {
  return JSON.stringify([workload, container, init, config, via, keys, at, optional]);
}
