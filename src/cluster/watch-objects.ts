import { findKindOf } from '../objects/kinds.ts';
import type { ObjectSet } from '../types.ts';
import type { Cluster } from './cluster.ts';
import type { CollectOptions } from './collect.ts';
import { checkNamespace } from './collect.ts';
import { watchKinds } from './watch-kinds.ts';
import { makeNodeClocks } from './watch-node-clocks.ts';
import { listUnknownOwners, makeOwnerReader } from './watch-owners.ts';

/** What to follow, and how. */
export interface WatchObjectsOptions extends CollectOptions {
  /** Ends it. */
  signal: AbortSignal;
  /** Milliseconds in which changes are gathered; longer where the work on a state takes longer. 200 by default. */
  quiet?: number;
  /** Milliseconds after which the clocks of nodes are looked at again; five minutes by default. */
  clockLifetime?: number;
}

/** All that is there at one moment. */
export interface WatchedObjects {
  objects: ObjectSet;
  /** Why the state may be an old one: the server cannot be reached. */
  lost: Error | null;
}

/** A scope that is followed. */
export interface ObjectWatch {
  /**
   * Waits for the next state: once all kinds have been told, then after every change, every few minutes where the clock of a node
   * counts, and when the connection is lost or back. What changes while nobody waits comes in one.
   * @param atMost milliseconds after which the state is given though nothing has changed
   * @returns `null` when the signal was aborted
   * @throws ApiError or ConnectionError for what waiting does not mend
   */
  next(atMost?: number): Promise<WatchedObjects | null>;
}

/** An outage that is over this soon, in milliseconds, is not worth a word. */
const BLIP = 2000;
/** Each kind is told by a watch of its own: a pod may be told before its ReplicaSet, but hardly so many milliseconds before. */
const LATE = 2000;
/** Of the time, no more than one part in so many goes into the work on states. */
const SHARE = 5;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Follows what `collectObjects` reads, by one watch a kind, without any value of a ConfigMap or Secret. Nothing is kept but
 * what verdicts need. What may not be watched is noted in `unseen`, and the rest goes on.
 */
export function watchObjects(cluster: Cluster, options: WatchObjectsOptions): ObjectWatch {
  const { signal, quiet = 200, clockLifetime = 300_000 } = options;
  let wake = (): void => undefined;
  let changedAt = NEVER;
  let loss: { error: Error; since: number } | null = null;
  let failure: { error: unknown } | undefined;
  signal.addEventListener('abort', () => wake(), { once: true });
  const kinds = watchKinds(cluster, options, {
    changed() {
      changedAt = Math.min(changedAt, performance.now());
      wake();
    },
    lost(error) {
      loss = error && { error, since: performance.now() };
      wake();
    },
    failed(error) {
      failure ??= { error };
      wake();
    },
  });
  const ownerReader = makeOwnerReader(cluster, options);
  const nodeClocks = makeNodeClocks(cluster, { signal, lifetime: clockLifetime });

  const listObjects = (): ObjectSet => ({
    workloads: kinds.workloads.flatMap((collection) => [...collection.values()]),
    pods: [...kinds.pods.values()],
    configs: kinds.configs.flatMap((collection) => [...collection.values()]),
    serviceAccounts: [...kinds.serviceAccounts.values()],
    owners: [...kinds.replicaSets.values()].map(({ owner }) => owner),
    unseen: [...kinds.unseen],
    offline: false,
  });

  let given: WatchedObjects | null = null;
  let givenAt = 0;
  const give = (state: WatchedObjects): WatchedObjects => {
    given = state;
    givenAt = performance.now();
    return state;
  };

  async function readState(lost: Error | null): Promise<WatchedObjects> {
    changedAt = NEVER;
    const objects = listObjects();
    objects.workloads.push(...(await ownerReader.readBareReplicaSets(kinds.replicaSets.values())));
    await ownerReader.addCustomOwners(objects);
    objects.nodeClocks = await nodeClocks.read(objects.pods);
    // A namespace that exists has kube-root-ca.crt at least: when nothing at all is there, it may be misspelt.
    if (given === null && objects.configs.length + objects.pods.length === 0) await checkNamespace(cluster, options);
    return give({ objects, lost });
  }

  /** Owners of kinds that are followed, which have not been told; all but those that were waited for in vain. */
  let awaited: ReadonlySet<string> = new Set();
  const listLate = (): string[] => {
    const isFollowed = (apiVersion: string, kind: string): boolean => {
      const known = findKindOf(apiVersion, kind);
      return known !== undefined && !kinds.hidden.has(known);
    };
    const unknown = [...listUnknownOwners(listObjects())];
    return unknown.filter(({ apiVersion, kind }) => isFollowed(apiVersion, kind)).map(({ uid }) => uid);
  };

  const sleepUntil = async (moment: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    // Timers take 31 bits; who wakes early looks at the clock again.
    const timer = setTimeout(resolve, Math.min(Math.max(0, moment - performance.now()), 2 ** 31 - 1));
    await promise;
    clearTimeout(timer);
  };

  return {
    async next(atMost = NEVER) {
      const start = performance.now();
      const pause = given === null ? 0 : Math.max(quiet, (start - givenAt) * (SHARE - 1));
      for (;;) {
        if (failure !== undefined) throw failure.error;
        if (signal.aborted) return null;
        const now = performance.now();
        const tellsLossAt = loss === null ? NEVER : loss.since + BLIP;
        const lost = now >= tellsLossAt ? (loss?.error ?? null) : null;
        if (given !== null && (given.lost === null) !== (lost === null)) return give({ ...given, lost });
        let dueAt = NEVER;
        if (kinds.isWhole()) {
          dueAt = Math.min(changedAt + pause, given === null ? NEVER : Math.min(start + atMost, nodeClocks.dueAt()));
          if (now >= dueAt) {
            const late = listLate();
            if (late.every((uid) => awaited.has(uid)) || now >= changedAt + pause + LATE) {
              awaited = new Set(late);
              return await readState(lost);
            }
            dueAt = Math.min(changedAt + pause, now) + LATE;
          }
        }
        await sleepUntil(lost === null ? Math.min(dueAt, tellsLossAt) : dueAt);
      }
    },
  };
}
