import type { Cluster, Versioned, WatchRequest } from '../cluster/cluster.ts';

/** One collection that is watched, and what becomes of its objects. */
export interface WatchSource<Item> {
  path: string;
  form: WatchRequest['form'];
  query?: WatchRequest['query'];
  /** Takes an object that is there, is another, or is gone; gives the uid of the workload that it belongs to, `undefined` when it may be any. */
  put(item: Item, gone: boolean): string | undefined;
  /** Everything is told anew. */
  clear(): void;
  /** It may be watched no more. What it throws ends the whole run. */
  refused(error: unknown): void;
}

/** Gets what happens to the sources. */
export interface WatchSourceEvents {
  /** Something about this workload changed, told by its uid; `undefined` when it may be any of them. */
  changed(uid: string | undefined): void;
  /** A source ended for good, and was not merely refused. */
  failed(error: unknown): void;
}

/** Collections that are watched, each once. */
export interface WatchSources {
  /** Begins to watch; does nothing the second time. */
  start<Item extends Versioned>(source: WatchSource<Item>): void;
  /** False while its objects are being told. */
  isSettled(path: string): boolean;
}

/** No source yet. They end with the signal. */
export function makeWatchSources(cluster: Cluster, signal: AbortSignal, events: WatchSourceEvents): WatchSources {
  const settled = new Map<string, boolean>();

  async function follow<Item extends Versioned>(source: WatchSource<Item>): Promise<void> {
    const { path, form, query } = source;
    for await (const event of cluster.watch<Item>({ path, form, ...(query && { query }), signal })) {
      switch (event.type) {
        case 'added':
        case 'modified':
        case 'deleted': {
          const uid = source.put(event.object, event.type === 'deleted');
          // Nobody looks at half a list.
          if (settled.get(path)) events.changed(uid);
          break;
        }
        case 'synced':
          settled.set(path, true);
          events.changed(undefined);
          break;
        case 'relist':
          // Half a list would look as if the rest had been deleted.
          settled.set(path, false);
          source.clear();
          break;
        case 'bookmark':
          break;
        default:
          event satisfies never;
      }
    }
  }

  return {
    start(source) {
      if (settled.has(source.path)) return;
      settled.set(source.path, false);
      follow(source)
        .catch((error: unknown) => {
          source.refused(error);
          settled.set(source.path, true);
          events.changed(undefined);
        })
        .catch(events.failed);
    },
    isSettled: (path) => settled.get(path) === true,
  };
}
