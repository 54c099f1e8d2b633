import { describe, expect, test } from 'bun:test';
import { followRollouts } from '../../../src/rollout/follow.ts';
import type { FollowOptions, RolloutTarget } from '../../../src/rollout/follower.ts';
import { startFollower } from '../../../src/rollout/follower.ts';
import type { RolloutEvent } from '../../../src/types.ts';
import type { FakeCluster } from './fake-cluster.ts';
import {
  collect,
  makeApiError,
  makeFakeClock,
  makeFakeCluster,
  makeRawDeployment,
  makeRawPod,
  makeRawReplicaSet,
  settle,
} from './fake-cluster.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const REPLICA_SETS = '/apis/apps/v1/namespaces/shop/replicasets';
const PODS = '/api/v1/namespaces/shop/pods';
const EVENTS = '/api/v1/namespaces/shop/events';
const SYNCED = { type: 'synced', resourceVersion: '10' } as const;

const target = (name: string, overrides: Partial<RolloutTarget> = {}): RolloutTarget => ({
  ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name },
  uid: '',
  generation: 0,
  ...overrides,
});

const added = (object: object) => ({ type: 'added', object }) as const;
const modified = (object: object) => ({ type: 'modified', object }) as const;

function follow(
  targets: RolloutTarget[],
  options: Partial<FollowOptions> = {},
  cluster: FakeCluster = makeFakeCluster(),
) {
  const clock = makeFakeClock();
  const run = collect(followRollouts(cluster, targets, { clock, ...options }));
  return {
    cluster,
    clock,
    run,
    lines: () => run.values.map(({ workload, phase, message }) => `${workload.name} ${phase}: ${message}`),
  };
}

/** Everything that belongs to a Deployment whose rollout is done. */
function sendDone(cluster: FakeCluster, name = 'web'): void {
  cluster.send(DEPLOYMENTS, added(makeRawDeployment(name)), SYNCED);
  cluster.send(REPLICA_SETS, added(makeRawReplicaSet(name)), SYNCED);
  cluster.send(PODS, added(makeRawPod(name)), SYNCED);
}

describe('following rollouts', () => {
  test('says nothing before everything has been read', async () => {
    const { cluster, run } = follow([target('web')]);
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), SYNCED);
    cluster.send(PODS, SYNCED);
    await settle();
    expect(run.values).toEqual([]);
  });

  test('tells the state, then each change once, and ends when all are done', async () => {
    const { cluster, clock, run, lines } = follow([target('web')]);
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web', { updated: 0 })), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('web')), SYNCED);
    cluster.send(PODS, SYNCED);
    await settle();
    cluster.send(DEPLOYMENTS, modified(makeRawDeployment('web', { updated: 0 })));
    await settle();
    cluster.send(PODS, added(makeRawPod('web')));
    cluster.send(DEPLOYMENTS, modified(makeRawDeployment('web')));
    await clock.advance(9_000);
    expect(run.state()).toBe('open');
    await clock.advance(1_000);
    expect(lines()).toEqual([
      'web progressing: Waiting for deployment "web" rollout to finish: 0 out of 1 new replicas have been updated...',
      'web progressing: Waiting for 1 new pods to stay ready for 10s...',
      'web complete: deployment "web" successfully rolled out',
    ]);
    expect(run.values.at(-1)?.time).toBe('2026-01-01T10:00:10.000Z');
    expect(run.state()).toBe('ended');
    expect(cluster.watched()).toEqual([]);
  });

  test('opens one watch a kind for all of a namespace, and those of ReplicaSets by metadata', async () => {
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'pg' };
    const { cluster, run } = follow([target('web'), target('api'), target('pg', { ref: set })]);
    expect(cluster.watched()).toEqual([
      EVENTS,
      PODS,
      DEPLOYMENTS,
      REPLICA_SETS,
      '/apis/apps/v1/namespaces/shop/statefulsets',
    ]);
    cluster.breakWatch(PODS, new Error('over'));
    await run.ended;
  });

  test('watches the whole cluster when asked to', async () => {
    const { cluster, run } = follow([target('web')], { allNamespaces: true });
    expect(cluster.watched()).toEqual([
      '/api/v1/events',
      '/api/v1/pods',
      '/apis/apps/v1/deployments',
      '/apis/apps/v1/replicasets',
    ]);
    cluster.breakWatch('/api/v1/pods', new Error('over'));
    await run.ended;
  });

  test('fails a rollout whose new pod crashed twice, and goes on with the others', async () => {
    const { cluster, clock, run, lines } = follow([target('web'), target('api')]);
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), added(makeRawDeployment('api')), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('web')), added(makeRawReplicaSet('api')), SYNCED);
    cluster.send(PODS, added(makeRawPod('web')), added(makeRawPod('api')), SYNCED);
    await clock.advance(1_000);
    cluster.send(PODS, modified(makeRawPod('web', { crashed: true, restartCount: 1 })));
    await clock.advance(9_000);
    expect(lines().slice(2)).toEqual([
      'web failed: pod web-2-abcde, container app exited 1 (1 restart)',
      'api complete: deployment "api" successfully rolled out',
    ]);
    expect(run.state()).toBe('ended');
  });

  test('starts the soak again when a container was restarted in between', async () => {
    const { cluster, clock, run } = follow([target('web')]);
    sendDone(cluster);
    await clock.advance(8_000);
    cluster.send(PODS, modified(makeRawPod('web', { restartCount: 1 })));
    await clock.advance(9_000);
    expect(run.state()).toBe('open');
    await clock.advance(1_000);
    expect(run.values.at(-1)?.phase).toBe('complete');
  });

  test('soaks for minReadySeconds where that is longer', async () => {
    const { cluster, clock, run } = follow([target('web')]);
    const deployment = makeRawDeployment('web');
    cluster.send(DEPLOYMENTS, added({ ...deployment, spec: { ...deployment.spec, minReadySeconds: 30 } }), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('web')), SYNCED);
    cluster.send(PODS, added(makeRawPod('web')), SYNCED);
    await clock.advance(29_000);
    expect(run.state()).toBe('open');
    await clock.advance(1_000);
    expect(run.state()).toBe('ended');
  });

  test('does not take an object from before the patch for the end', async () => {
    const { cluster, clock, run } = follow([target('web', { generation: 3 })], { soakMs: 0 });
    sendDone(cluster);
    await clock.advance(1_000);
    expect(run.values).toEqual([]);
    cluster.send(DEPLOYMENTS, modified(makeRawDeployment('web', { generation: 3 })));
    await settle();
    expect(run.values.map(({ phase }) => phase)).toEqual(['complete']);
  });

  test('says that a workload is not there, is gone, or is another one by now', async () => {
    const { cluster, run, lines } = follow([target('none'), target('web', { uid: 'before' }), target('api')]);
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), added(makeRawDeployment('api')), SYNCED);
    cluster.send(REPLICA_SETS, SYNCED);
    cluster.send(PODS, SYNCED);
    await settle();
    cluster.send(DEPLOYMENTS, { type: 'deleted', object: makeRawDeployment('api') });
    await run.ended;
    expect(lines()).toContain('none failed: deployment "none" not found');
    expect(lines()).toContain('web failed: deployment "web" has been deleted and created again');
    expect(lines()).toContain('api failed: deployment "api" has been deleted');
  });

  test('waits for the whole list after a watch has lost its thread', async () => {
    const { cluster, clock, run } = follow([target('web')]);
    sendDone(cluster);
    await settle();
    cluster.send(DEPLOYMENTS, { type: 'relist' });
    await clock.advance(15_000);
    expect(run.values.map(({ phase }) => phase)).toEqual(['progressing']);
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), SYNCED);
    await settle();
    expect(run.values.map(({ phase }) => phase)).toEqual(['progressing', 'complete']);
  });

  test('forgets what a new list no longer holds', async () => {
    const { cluster, run, lines } = follow([target('web')]);
    sendDone(cluster);
    await settle();
    cluster.send(DEPLOYMENTS, { type: 'relist' }, SYNCED);
    await run.ended;
    expect(lines().at(-1)).toBe('web failed: deployment "web" has been deleted');
  });

  test('gives up at the time-out and says where it stood', async () => {
    const { cluster, clock, run, lines } = follow([target('web')], { timeoutMs: 30_000 });
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web', { updated: 0 })), SYNCED);
    cluster.send(REPLICA_SETS, SYNCED);
    cluster.send(PODS, SYNCED);
    await clock.advance(30_000);
    expect(lines().at(-1)).toBe(
      'web failed: timed out after 30s: Waiting for deployment "web" rollout to finish: 0 out of 1 new replicas have been updated...',
    );
    expect(run.values.at(-1)?.reason).toBe('TimedOut');
    expect(run.state()).toBe('ended');
  });

  test('ends without a verdict when it is interrupted', async () => {
    const interrupt = new AbortController();
    const { cluster, run } = follow([target('web')], { signal: interrupt.signal });
    sendDone(cluster);
    await settle();
    interrupt.abort();
    await settle();
    expect(run.state()).toBe('ended');
    expect(run.values.map(({ phase }) => phase)).toEqual(['progressing']);
    expect(cluster.watched()).toEqual([]);
  });

  test('judges by the status alone where pods may not be read, and says so', async () => {
    const warnings: string[] = [];
    const { cluster, clock, run } = follow([target('web')], { onWarning: (text) => warnings.push(text) });
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), SYNCED);
    cluster.send(REPLICA_SETS, SYNCED);
    cluster.breakWatch(PODS, makeApiError(403, 'Forbidden', 'pods is forbidden'));
    await clock.advance(10_000);
    expect(run.values.at(-1)?.phase).toBe('complete');
    expect(warnings).toEqual([expect.stringContaining('pods is forbidden')]);
  });

  test('fails the rollouts of a kind that may not be watched, and no others', async () => {
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'pg' };
    const { cluster, clock, run, lines } = follow([target('web'), target('pg', { ref: set })]);
    cluster.breakWatch('/apis/apps/v1/namespaces/shop/statefulsets', makeApiError(403, 'Forbidden', 'no list'));
    sendDone(cluster);
    await clock.advance(10_000);
    expect(lines()).toContain('pg failed: statefulset "pg" cannot be followed: Error from server (Forbidden): no list');
    expect(lines()).toContain('web complete: deployment "web" successfully rolled out');
    expect(run.state()).toBe('ended');
  });

  test('throws what ends the whole run', async () => {
    const { cluster, run } = follow([target('web')]);
    cluster.breakWatch(PODS, makeApiError(401, 'Unauthorized', 'expired'));
    expect(await run.ended).toMatchObject({ code: 401 });
    expect(cluster.watched()).toEqual([]);
  });

  test('ends at once with nothing to follow, and refuses kinds without rollouts', async () => {
    const { run } = follow([]);
    await run.ended;
    expect(run.values).toEqual([]);
    const job = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'x' };
    expect(() => followRollouts(makeFakeCluster(), [target('x', { ref: job })], { clock: makeFakeClock() })).toThrow(
      'Job x has no rollout that could be followed',
    );
  });
});

describe('events', () => {
  const pending = {
    ...makeRawPod('web', { crashed: true }),
    status: {
      phase: 'Pending',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T09:59:59Z' }],
      containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } } }],
    },
  };
  const failedMount = (seconds: number) => ({
    metadata: { name: 'e', resourceVersion: '12' },
    involvedObject: { uid: 'pod-web-2' },
    reason: 'FailedMount',
    message: 'MountVolume.SetUp failed for volume "c" : secret "tls" not found',
    firstTimestamp: '2026-01-01T10:00:00Z',
    lastTimestamp: `2026-01-01T10:00:0${seconds}Z`,
  });

  function sendPending(cluster: FakeCluster): void {
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web', { updated: 0 })), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('web')), SYNCED);
    cluster.send(PODS, added(pending), SYNCED);
  }

  test('say why a pod does not start, and fail it when that cannot mend itself', async () => {
    const { cluster, run, lines } = follow([target('web')]);
    sendPending(cluster);
    await settle();
    cluster.send(EVENTS, added(failedMount(0)));
    await settle();
    cluster.send(EVENTS, modified(failedMount(7)));
    await run.ended;
    expect(lines().slice(1)).toEqual([
      'web progressing: Waiting for deployment "web" rollout to finish: 0 out of 1 new replicas have been updated... (pod web-2-abcde: MountVolume.SetUp failed for volume "c" : secret "tls" not found)',
      'web failed: pod web-2-abcde: MountVolume.SetUp failed for volume "c" : secret "tls" not found',
    ]);
    expect(run.values.at(-1)).toMatchObject({ reason: 'FailedMount' });
  });

  test('are waited for before the first word, but not for long', async () => {
    const { cluster, clock, run } = follow([target('web')]);
    cluster.send(EVENTS, { type: 'relist' });
    sendPending(cluster);
    await clock.advance(2_900);
    expect(run.values).toEqual([]);
    await clock.advance(100);
    expect(run.values.map(({ phase }) => phase)).toEqual(['progressing']);
    cluster.breakWatch(PODS, new Error('over'));
    await run.ended;
  });

  test('that may not be read are done without, quietly, whatever goes wrong with them', async () => {
    for (const error of [makeApiError(403, 'Forbidden', 'no events'), new Error('lost')]) {
      const warnings: string[] = [];
      const { cluster, clock, run } = follow([target('web')], { onWarning: (text) => warnings.push(text) });
      cluster.breakWatch(EVENTS, error);
      sendDone(cluster);
      await clock.advance(10_000);
      expect(run.values.at(-1)?.phase).toBe('complete');
      expect(warnings).toEqual([]);
    }
  });
});

describe('the log of a container that failed', () => {
  const crash = (cluster: FakeCluster): void => {
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('web')), SYNCED);
    cluster.send(PODS, added(makeRawPod('web', { crashed: true, restartCount: 1 })), SYNCED);
  };

  test('is told with the failure, its last lines', async () => {
    const cluster = makeFakeCluster(() => 'starting\r\nFATAL: no database\n');
    const { run } = follow([target('web')], {}, cluster);
    crash(cluster);
    await run.ended;
    expect(run.values.at(-1)).toMatchObject({
      phase: 'failed',
      log: ['starting', 'FATAL: no database'],
      suspect: { pod: 'web-2-abcde', container: 'app', previous: false },
    });
    expect(cluster.requests).toEqual([
      expect.objectContaining({
        path: `${PODS}/web-2-abcde/log`,
        query: { container: 'app', tailLines: '5', limitBytes: '4096' },
      }),
    ]);
  });

  test('is of the instance before, where one runs again', async () => {
    const cluster = makeFakeCluster(() => 'x');
    const { run } = follow([target('web')], {}, cluster);
    const pod = makeRawPod('web', { crashed: true, restartCount: 2 });
    const [status] = pod.status.containerStatuses;
    const again = { ...status, state: { running: { startedAt: '2026-01-01T10:00:01Z' } } };
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('web')), SYNCED);
    cluster.send(PODS, added({ ...pod, status: { ...pod.status, containerStatuses: [again] } }), SYNCED);
    await run.ended;
    expect(cluster.requests[0]?.query).toMatchObject({ previous: 'true' });
  });

  test('is left out where it may not be read, or is empty', async () => {
    const answers = [
      () => {
        throw makeApiError(403, 'Forbidden', 'no log');
      },
      () => '',
    ];
    for (const answer of answers) {
      const cluster = makeFakeCluster(answer);
      const { run } = follow([target('web')], {}, cluster);
      crash(cluster);
      await run.ended;
      expect(run.values.at(-1)?.phase).toBe('failed');
      expect(run.values.at(-1)).not.toHaveProperty('log');
    }
  });

  test('is waited for three seconds at most, and the others go on meanwhile', async () => {
    const cluster = makeFakeCluster(() => new Promise(() => undefined));
    const { clock, run, lines } = follow([target('web'), target('api')], {}, cluster);
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web')), added(makeRawDeployment('api')), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('web')), added(makeRawReplicaSet('api')), SYNCED);
    cluster.send(PODS, added(makeRawPod('web', { crashed: true, restartCount: 1 })), added(makeRawPod('api')), SYNCED);
    await clock.advance(2_900);
    expect(lines()).toEqual(['api progressing: Waiting for 1 new pods to stay ready for 10s...']);
    expect(cluster.requests[0]?.signal?.aborted).toBe(false);
    await clock.advance(100);
    expect(lines().at(-1)).toStartWith('web failed: ');
    expect(run.values.at(-1)).not.toHaveProperty('log');
    // What was told between its failure and its log is not younger than it.
    expect(run.values.at(-1)?.time).toBe(new Date(clock.now()).toISOString());
    expect(cluster.requests[0]?.signal?.aborted).toBe(true);
    await clock.advance(7_000);
    expect(lines().at(-1)).toBe('api complete: deployment "api" successfully rolled out');
    expect(run.state()).toBe('ended');
  });

  test('is not waited for when nobody follows any more: the verdict stands without it', async () => {
    const log = Promise.withResolvers<string>();
    const cluster = makeFakeCluster(() => log.promise);
    const events: RolloutEvent[] = [];
    const failures: unknown[] = [];
    const follower = startFollower(
      cluster,
      { clock: makeFakeClock() },
      (event) => events.push(event),
      (error) => failures.push(error),
    );
    follower.add(target('web'));
    crash(cluster);
    await settle();
    expect(cluster.requests).toHaveLength(1);
    follower.close();
    log.resolve('late');
    await settle();
    expect({ events, failures }).toMatchObject({ events: [{ phase: 'failed', reason: 'Error' }], failures: [] });
    expect(events[0]).not.toHaveProperty('log');
  });
});

describe('a look at how rollouts stand', () => {
  test('tells each once and ends, whatever it is', async () => {
    const { cluster, run, lines } = follow([target('web'), target('api')], { once: true, soakMs: 0 });
    cluster.send(DEPLOYMENTS, added(makeRawDeployment('web', { updated: 0 })), added(makeRawDeployment('api')), SYNCED);
    cluster.send(REPLICA_SETS, added(makeRawReplicaSet('api')), SYNCED);
    cluster.send(PODS, added(makeRawPod('api')), SYNCED);
    await run.ended;
    expect(lines()).toEqual([
      'web progressing: Waiting for deployment "web" rollout to finish: 0 out of 1 new replicas have been updated...',
      'api complete: deployment "api" successfully rolled out',
    ]);
    expect(cluster.watched()).toEqual([]);
  });
});

test('a StatefulSet that does not get on without a word fails when a Deployment would have', async () => {
  const ref = { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'pg' };
  const { cluster, clock, run } = follow([target('pg', { ref })]);
  const status = { observedGeneration: 1, replicas: 1, readyReplicas: 0, updateRevision: 'b', currentRevision: 'b' };
  const metadata = { name: 'pg', namespace: 'shop', uid: 'u', generation: 1, resourceVersion: '10' };
  cluster.send(
    '/apis/apps/v1/namespaces/shop/statefulsets',
    added({ metadata, spec: { replicas: 1, minReadySeconds: 30 }, status }),
    SYNCED,
  );
  cluster.send(PODS, SYNCED);
  await clock.advance(629_000);
  expect(run.state()).toBe('open');
  await clock.advance(1_000);
  expect(run.values.at(-1)).toMatchObject({ phase: 'failed', reason: 'ProgressDeadlineExceeded' });
});
