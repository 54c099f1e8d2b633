import type { WatchEvent } from './cluster.ts';

/** What a watch has told of one kind. */
export interface WatchCollection<Item, T extends Named> {
  /** Takes one event; `true` when the collection is another one now. */
  take(event: WatchEvent<Item>): boolean;
  /** What is there, in the order in which it came. */
  values(): Iterable<T>;
  /** False until all that is there has been told, the first time and after a lost thread. */
  isWhole(): boolean;
  /** Ends the collection: nothing of the kind can be seen. */
  clear(): void;
}

interface Named {
  ref: { namespace: string; name: string };
}

/**
 * Keeps of one kind what its watch tells, projected. While everything is told anew the old state stands: half a list would
 * look as if the rest had been deleted.
 */
export function makeWatchCollection<Item, T extends Named>(project: (item: Item) => T): WatchCollection<Item, T> {
  let whole = new Map<string, T>();
  let coming: Map<string, T> | null = new Map();
  return {
    take(event) {
      switch (event.type) {
        case 'added':
        case 'modified': {
          const value = project(event.object);
          (coming ?? whole).set(nameOf(value), value);
          return coming === null;
        }
        case 'deleted':
          (coming ?? whole).delete(nameOf(project(event.object)));
          return coming === null;
        case 'relist':
          coming = new Map();
          return false;
        case 'synced':
          whole = coming ?? whole;
          coming = null;
          return true;
        case 'bookmark':
          return false;
        default:
          return event satisfies never;
      }
    },
    values: () => whole.values(),
    isWhole: () => coming === null,
    clear() {
      whole = new Map();
      coming = null;
    },
  };
}

function nameOf({ ref: { namespace, name } }: Named): string {
  return `${namespace}/${name}`;
}
