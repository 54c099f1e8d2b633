/** An API server in memory and a clock that stands still, for tests of what watches and patches. */
import { ApiError } from '../../../src/cluster/api-error.ts';
import type { ApiRequest, Cluster, Versioned, WatchEvent } from '../../../src/cluster/cluster.ts';
import type { Clock } from '../../../src/rollout/clock.ts';
import { makeEventQueue } from '../../../src/rollout/event-queue.ts';

/** A refusal as the server sends it. */
export function makeApiError(code: number, reason: string, message: string, field = ''): ApiError {
  const causes = field === '' ? [] : [{ reason: 'FieldValueInvalid', message, field }];
  return new ApiError({ code, reason, message, details: { name: '', kind: '', causes, retryAfterSeconds: 0 } });
}

/** What a test does to the watches of the code under test. */
export interface FakeCluster extends Cluster {
  /** Paths that are watched at this moment, sorted. */
  watched(): string[];
  /** Sends events to the watch of this path. */
  send(path: string, ...events: WatchEvent<object>[]): void;
  /** Ends the watch of this path with an error. */
  breakWatch(path: string, error: unknown): void;
  /** All requests, in order. */
  requests: ApiRequest[];
}

/** A cluster without watches; `answer` gives the answer to a request, or throws. */
export function makeFakeCluster(answer: (request: ApiRequest) => unknown = () => ({})): FakeCluster {
  const watches = new Map<string, ReturnType<typeof makeEventQueue<WatchEvent<never>>>>();
  const requests: ApiRequest[] = [];
  return {
    server: 'https://fake',
    context: 'fake',
    namespace: 'shop',
    requests,
    async request<T>(request: ApiRequest): Promise<T> {
      requests.push(request);
      // What a test answers is what the code under test has to cope with.
      return (await answer(request)) as T;
    },
    async requestText(request) {
      requests.push(request);
      return String(await answer(request));
    },
    async list<Item, T>({
      path,
      query,
      project,
      signal,
    }: Parameters<Cluster['list']>[0] & { project: (item: Item) => T | undefined }) {
      const request = { path, ...(query && { query }), ...(signal && { signal }) };
      requests.push(request);
      const items = (await answer(request)) as Item[];
      return { items: items.map(project).filter((item) => item !== undefined), resourceVersion: '1' };
    },
    watch<Item extends Versioned>({
      path,
      signal,
    }: {
      path: string;
      signal?: AbortSignal | undefined;
    }): AsyncIterable<WatchEvent<Item>> {
      const queue = makeEventQueue<WatchEvent<never>>(() => watches.delete(path));
      signal?.addEventListener('abort', () => queue.end());
      watches.set(path, queue);
      // Most tests have no events to tell of.
      if (path.endsWith('/events')) this.send(path, { type: 'synced', resourceVersion: '10' });
      return queue;
    },
    exec: () => Promise.reject(new Error('this cluster has no containers')),
    serverTime: () => null,
    close: () => undefined,
    watched: () => [...watches.keys()].sort(),
    send(path, ...events) {
      const queue = watches.get(path);
      if (!queue) throw new Error(`nobody watches ${path}`);
      for (const event of events) queue.push(event as WatchEvent<never>);
    },
    breakWatch: (path, error) => watches.get(path)?.fail(error),
  };
}

/** A clock that a test turns. */
export interface FakeClock extends Clock {
  /** Lets so many milliseconds pass: whoever sleeps that long wakes, in order. */
  advance(milliseconds: number): Promise<void>;
}

/** A clock at 2026-01-01T10:00:00Z. */
export function makeFakeClock(): FakeClock {
  let now = Date.parse('2026-01-01T10:00:00Z');
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleep(milliseconds, signal) {
      return new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { until: now + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          resolve();
        });
      });
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        await settle();
        const next = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
        if (!next) break;
        now = Math.max(now, next.until);
        sleepers.delete(next);
        next.wake();
      }
      now = end;
      await settle();
    },
  };
}

/** Lets all that is ready to run do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Collects what an iterable gives, as it comes. */
export function collect<T>(iterable: AsyncIterable<T>): {
  values: T[];
  ended: Promise<unknown>;
  state: () => 'open' | 'ended' | 'failed';
} {
  const values: T[] = [];
  let state: 'open' | 'ended' | 'failed' = 'open';
  const ended = (async () => {
    for await (const value of iterable) values.push(value);
  })().then(
    () => {
      state = 'ended';
    },
    (error: unknown) => {
      state = 'failed';
      return error;
    },
  );
  return { values, ended, state: () => state };
}

/** The raw objects of one Deployment as the API serves them. */
export function makeRawDeployment(
  name: string,
  overrides: { generation?: number; observed?: number; uid?: string; updated?: number } = {},
) {
  const { generation = 2, observed = generation, uid = `uid-${name}`, updated = 1 } = overrides;
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid,
      generation,
      resourceVersion: '10',
      annotations: { 'deployment.kubernetes.io/revision': '2' },
    },
    spec: { replicas: 1, template: { spec: { containers: [] } } },
    status: {
      observedGeneration: observed,
      replicas: 1,
      updatedReplicas: updated,
      readyReplicas: 1,
      availableReplicas: 1,
    },
  };
}

export function makeRawReplicaSet(deployment: string, revision = '2') {
  return {
    metadata: {
      name: `${deployment}-${revision}`,
      uid: `rs-${deployment}-${revision}`,
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ownerReferences: [{ uid: `uid-${deployment}`, controller: true }],
    },
  };
}

export function makeRawPod(
  deployment: string,
  overrides: { revision?: string; restartCount?: number; crashed?: boolean } = {},
) {
  const { revision = '2', restartCount = 0, crashed = false } = overrides;
  const exit = { exitCode: 1, reason: 'Error', startedAt: '2026-01-01T09:59:59Z', finishedAt: '2026-01-01T10:00:00Z' };
  return {
    metadata: {
      name: `${deployment}-${revision}-abcde`,
      uid: `pod-${deployment}-${revision}`,
      creationTimestamp: '2026-01-01T09:59:58Z',
      ownerReferences: [{ uid: `rs-${deployment}-${revision}`, controller: true }],
    },
    spec: { containers: [{ name: 'app' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: crashed ? 'False' : 'True', lastTransitionTime: '2026-01-01T09:59:59Z' }],
      containerStatuses: [
        {
          name: 'app',
          ready: !crashed,
          restartCount,
          state: crashed ? { terminated: exit } : { running: { startedAt: '2026-01-01T09:59:59Z' } },
          lastState: restartCount > 0 ? { terminated: exit } : {},
        },
      ],
    },
  };
}
