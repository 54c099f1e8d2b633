import { describe, expect, test } from 'bun:test';
import type { ApiRequest } from '../../../src/cluster/cluster.ts';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import type { ExecuteOptions } from '../../../src/restart/execute.ts';
import { executePlan } from '../../../src/restart/execute.ts';
import { summarizeRestart } from '../../../src/restart/summary.ts';
import { makeStamp } from '../../../src/staleness/stamp.ts';
import type { RestartPlan, RestartStep } from '../../../src/types.ts';
import { makeRef } from '../../support/make-objects.ts';
import type { FakeCluster } from '../rollout/fake-cluster.ts';
import {
  collect,
  makeApiError,
  makeFakeClock,
  makeFakeCluster,
  makeRawDeployment,
  makeRawPod,
  makeRawReplicaSet,
  settle,
} from '../rollout/fake-cluster.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const lost = new ConnectionError('lost', { kind: 'lost', sent: true });
const SYNCED = { type: 'synced', resourceVersion: '10' } as const;

const makeStep = (name: string, wave = 0, overrides: Partial<RestartStep> = {}): RestartStep => ({
  wave,
  workload: makeRef('Deployment', name),
  uid: `uid-${name}`,
  action: 'patch',
  pods: 1,
  why: [],
  configs: [],
  warnings: [],
  ...overrides,
});

function run(
  steps: RestartStep[],
  options: Partial<ExecuteOptions> = {},
  answer: (request: ApiRequest) => unknown = ({ path }) =>
    makeRawDeployment(path.slice(DEPLOYMENTS.length + 1), { observed: 1 }),
) {
  const plan: RestartPlan = { steps, skipped: [] };
  const cluster = makeFakeCluster(answer);
  const clock = makeFakeClock();
  const events = collect(executePlan(cluster, plan, { clock, maxParallel: 4, wait: true, ...options }));
  return {
    cluster,
    clock,
    events,
    patched: () =>
      cluster.requests.filter(({ method }) => method === 'PATCH').map(({ path }) => path.slice(DEPLOYMENTS.length + 1)),
    lines: () => events.values.map(({ workload, phase, message }) => `${workload.name} ${phase}: ${message}`),
    summary: () => {
      const { complete, failed, underWay, notStarted } = summarizeRestart(plan, events.values);
      const names = (refs: { name: string }[]) => refs.map(({ name }) => name).join();
      return {
        complete: names(complete),
        failed: names(failed.map(({ workload }) => workload)),
        underWay: names(underWay),
        notStarted: names(notStarted),
      };
    },
  };
}

/** Makes the API say that these Deployments are there as they were before any patch. */
function present(cluster: FakeCluster, names: string[]): void {
  for (const name of names)
    cluster.send(DEPLOYMENTS, { type: 'added', object: makeRawDeployment(name, { generation: 1 }) });
}

/** Makes the API say that these Deployments have rolled, and which of them crash. */
function roll(cluster: FakeCluster, names: string[], crashing: string[] = [], generation = 2): void {
  cluster.send(
    DEPLOYMENTS,
    ...names.map((name) => ({ type: 'modified' as const, object: makeRawDeployment(name, { generation }) })),
    SYNCED,
  );
  cluster.send(
    '/apis/apps/v1/namespaces/shop/replicasets',
    ...names.map((name) => ({ type: 'added' as const, object: makeRawReplicaSet(name) })),
    SYNCED,
  );
  cluster.send(
    '/api/v1/namespaces/shop/pods',
    ...names.map((name) => ({
      type: 'added' as const,
      object: makeRawPod(name, crashing.includes(name) ? { crashed: true, restartCount: 1 } : {}),
    })),
    SYNCED,
  );
}

describe('running a plan', () => {
  test('patches, follows to the end, and ends', async () => {
    const { cluster, clock, events, lines, summary } = run([makeStep('web')]);
    await settle();
    expect(cluster.requests).toMatchObject([
      {
        method: 'PATCH',
        path: `${DEPLOYMENTS}/web`,
        query: { fieldManager: 'config-reload' },
        contentType: 'application/strategic-merge-patch+json',
        body: {
          metadata: { uid: 'uid-web' },
          spec: {
            template: {
              metadata: {
                annotations: {
                  'kubectl.kubernetes.io/restartedAt': '2026-01-01T10:00:00.000Z',
                  'kubectl-reload.dev/config': '{"v":1,"t":"2026-01-01T10:00:00.000Z","c":[]}',
                },
              },
            },
          },
        },
      },
    ]);
    roll(cluster, ['web']);
    await clock.advance(10_000);
    expect(lines()).toEqual([
      'web waiting: restarted',
      'web progressing: Waiting for 1 new pods to stay ready for 10s...',
      'web complete: deployment "web" successfully rolled out',
    ]);
    expect(events.state()).toBe('ended');
    expect(cluster.watched()).toEqual([]);
    expect(summary()).toEqual({ complete: 'web', failed: '', underWay: '', notStarted: '' });
  });

  test('starts a wave only when the one before is complete', async () => {
    const { cluster, clock, patched } = run([makeStep('b', 1), makeStep('a'), makeStep('c', 2)]);
    await settle();
    expect(patched()).toEqual(['a']);
    present(cluster, ['b', 'c']);
    roll(cluster, ['a']);
    await clock.advance(9_999);
    expect(patched()).toEqual(['a']);
    await clock.advance(1);
    expect(patched()).toEqual(['a', 'b']);
    roll(cluster, ['b']);
    await clock.advance(10_000);
    expect(patched()).toEqual(['a', 'b', 'c']);
  });

  test('has no more under way at once than it may', async () => {
    const { cluster, clock, patched } = run(
      ['a', 'b', 'c'].map((name) => makeStep(name)),
      { maxParallel: 2 },
    );
    await settle();
    expect(patched()).toEqual(['a', 'b']);
    present(cluster, ['b', 'c']);
    roll(cluster, ['a']);
    await clock.advance(10_000);
    expect(patched()).toEqual(['a', 'b', 'c']);
  });

  test('starts nothing new after a failure, and follows what is under way to its end', async () => {
    const { cluster, clock, events, patched, summary } = run(
      [makeStep('a'), makeStep('b'), makeStep('c'), makeStep('d', 1)],
      { maxParallel: 2 },
    );
    await settle();
    roll(cluster, ['a', 'b'], ['a']);
    await clock.advance(9_000);
    expect(events.state()).toBe('open');
    await clock.advance(1_000);
    expect(events.state()).toBe('ended');
    expect(patched()).toEqual(['a', 'b']);
    expect(summary()).toEqual({ complete: 'b', failed: 'a', underWay: '', notStarted: 'c,d' });
  });

  test('starts nothing new when it is interrupted, and ends at once', async () => {
    const interrupt = new AbortController();
    const { events, patched, summary } = run([makeStep('a'), makeStep('b', 1)], { signal: interrupt.signal });
    await settle();
    interrupt.abort();
    await settle();
    expect(events.state()).toBe('ended');
    expect(patched()).toEqual(['a']);
    expect(summary()).toEqual({ complete: '', failed: '', underWay: 'a', notStarted: 'b' });
  });

  test('tells of a patch that was on its way when it was interrupted', async () => {
    const interrupt = new AbortController();
    const { promise, resolve } = Promise.withResolvers<object>();
    const { events, lines } = run([makeStep('a')], { signal: interrupt.signal }, () => promise);
    await settle();
    interrupt.abort();
    await settle();
    expect(events.state()).toBe('open');
    resolve(makeRawDeployment('a'));
    await settle();
    expect(lines()).toEqual(['a waiting: restarted']);
    expect(events.state()).toBe('ended');
  });

  test('patches wave after wave without following when it need not wait', async () => {
    const { cluster, events, lines, summary } = run([makeStep('b', 1), makeStep('a')], { wait: false });
    await events.ended;
    expect(lines()).toEqual(['a waiting: restarted', 'b waiting: restarted']);
    expect(cluster.watched()).toEqual([]);
    expect(summary().underWay).toBe('b,a');
  });

  test('fails what is under way at the time-out and starts nothing after it', async () => {
    const { cluster, clock, events, lines, summary } = run([makeStep('a'), makeStep('b', 1)], { timeoutMs: 5_000 });
    await settle();
    cluster.send(DEPLOYMENTS, { type: 'added', object: makeRawDeployment('a', { observed: 1 }) }, SYNCED);
    cluster.send('/apis/apps/v1/namespaces/shop/replicasets', SYNCED);
    cluster.send('/api/v1/namespaces/shop/pods', SYNCED);
    await clock.advance(5_000);
    expect(lines().at(-1)).toBe('a failed: timed out after 5s: Waiting for deployment spec update to be observed...');
    expect(events.state()).toBe('ended');
    expect(summary()).toMatchObject({ failed: 'a', notStarted: 'b' });
  });

  test('starts nothing after the time-out, followed or not', async () => {
    const slow = Promise.withResolvers<object>();
    const { clock, events, patched, summary } = run(
      [makeStep('a'), makeStep('b')],
      { timeoutMs: 5_000, wait: false, maxParallel: 1 },
      () => slow.promise,
    );
    await clock.advance(5_000);
    slow.resolve(makeRawDeployment('a'));
    await events.ended;
    expect(patched()).toEqual(['a']);
    expect(summary()).toMatchObject({ underWay: 'a', notStarted: 'b' });
  });

  test('does not take the state from before the patch for the end of the rollout', async () => {
    const { cluster, clock, events, lines } = run([makeStep('web')]);
    await settle();
    roll(cluster, ['web'], [], 1);
    await clock.advance(60_000);
    expect(lines()).toEqual(['web waiting: restarted']);
    roll(cluster, ['web']);
    await clock.advance(10_000);
    expect(events.state()).toBe('ended');
  });

  test('stamps the template with the content of its configs', async () => {
    const step = makeStep('web', 0, { configs: [makeRef('ConfigMap', 'web')] });
    const { cluster, events } = run([step], { wait: false }, ({ method }) =>
      method === 'PATCH'
        ? makeRawDeployment('web')
        : { metadata: { uid: 'u-1', resourceVersion: '7' }, data: { LEVEL: 'debug' } },
    );
    await events.ended;
    expect(JSON.stringify(cluster.requests.at(-1)?.body)).toContain(
      String.raw`{\"n\":\"configmap/web\",\"u\":\"u-1\",\"r\":\"7\",\"k\":{\"LEVEL\":\"`,
    );
  });
});

describe('a restart that somebody else has made since the plan', () => {
  const config = { metadata: { uid: 'u-1', resourceVersion: '7' }, data: { LEVEL: 'debug' } };
  const stampOf = (resourceVersion: string) =>
    makeStamp(
      [
        {
          kind: 'ConfigMap',
          name: 'web',
          uid: 'u-1',
          resourceVersion,
          content: new Map([['LEVEL', Buffer.from('debug')]]),
        },
      ],
      '2026-01-01T09:59:59Z',
    );
  const answerWith =
    (stamp: string) =>
    ({ path }: ApiRequest) => {
      if (path.includes('/configmaps/')) return config;
      const template = { metadata: { annotations: { 'kubectl-reload.dev/config': stamp } } };
      return { ...makeRawDeployment('web'), spec: { template } };
    };
  const step = (stamp?: string | null) =>
    makeStep('web', 0, { configs: [makeRef('ConfigMap', 'web')], ...(stamp !== undefined && { stamp }) });

  test('is followed, and not made once more', async () => {
    const { cluster, clock, events, lines, patched } = run([step(null)], {}, answerWith(stampOf('7')));
    await settle();
    roll(cluster, ['web']);
    await clock.advance(10_000);
    await events.ended;
    expect(patched()).toEqual([]);
    expect(lines()[0]).toBe('web waiting: has been restarted before, and is followed');
    expect(lines().at(-1)).toBe('web complete: deployment "web" successfully rolled out');
  });

  test('is made all the same where the other recorded older content, where the plan knew of it, and where it was asked for by name', async () => {
    for (const [stamp, planned] of [
      [stampOf('6'), null],
      [stampOf('7'), stampOf('7')],
      [stampOf('7'), undefined],
      ['damaged', null],
    ] as const) {
      const { patched } = run([step(planned)], {}, answerWith(stamp));
      await settle();
      expect(patched()).toEqual(['web']);
    }
    const { patched } = run([step()], { undoOnFailure: true }, answerWith(stampOf('7')));
    await settle();
    expect(patched()).toEqual(['web']);
  });
});

test('however many may roll at once, there is no more work than steps', async () => {
  const { events, patched } = run([makeStep('a'), makeStep('b')], { maxParallel: 1e9, wait: false });
  await events.ended;
  expect(patched().sort()).toEqual(['a', 'b']);
});

describe('a patch that is refused', () => {
  const cases: [string, number, string, string, string, string][] = [
    ['404', 404, 'NotFound', '', 'NotFound', 'deployment/web does not exist any more: it was not restarted'],
    [
      'another uid',
      422,
      'Invalid',
      'metadata.uid',
      'Recreated',
      'deployment/web has been deleted and created again since the plan was made: run the command again',
    ],
    ['403', 403, 'Forbidden', '', 'Forbidden', 'deployment/web was not restarted: Error from server (Forbidden): no'],
  ];
  test.each(cases)(
    'by %s fails with a sentence, and nothing else starts',
    async (_, code, reason, field, said, message) => {
      const { events, patched } = run([makeStep('web'), makeStep('next', 1)], {}, () => {
        throw makeApiError(code, reason, 'no', field);
      });
      await events.ended;
      expect(events.values).toMatchObject([{ phase: 'failed', reason: said, message }]);
      expect(patched()).toEqual(['web']);
    },
  );

  test('by a conflict, a lost connection or a server in trouble is sent again, the same', async () => {
    const errors = [
      makeApiError(409, 'Conflict', 'the object has been modified'),
      new ConnectionError('lost', { kind: 'lost', sent: true }),
      makeApiError(503, 'ServiceUnavailable', 'starting'),
    ];
    const { cluster, clock, events } = run([makeStep('web')], { wait: false }, () => {
      const error = errors.shift();
      if (error) throw error;
      return makeRawDeployment('web');
    });
    await clock.advance(10_000);
    expect(events.values).toMatchObject([{ message: 'restarted' }]);
    const bodies = cluster.requests.map(({ body }) => JSON.stringify(body));
    expect(bodies).toHaveLength(4);
    expect(new Set(bodies).size).toBe(1);
  });

  test('again and again is given up', async () => {
    const { clock, events } = run([makeStep('web')], {}, () => {
      throw makeApiError(409, 'Conflict', 'the object has been modified');
    });
    await clock.advance(60_000);
    expect(events.values).toMatchObject([{ phase: 'failed', reason: 'Conflict' }]);
  });

  test('because the annotations are too long is sent without the stamp', async () => {
    const { cluster, events } = run([makeStep('web')], { wait: false }, ({ body }) => {
      if (JSON.stringify(body).includes('kubectl-reload.dev/config')) {
        throw makeApiError(422, 'Invalid', 'Too long: may not be more than 262144 bytes', 'spec.template.annotations');
      }
      return makeRawDeployment('web');
    });
    await events.ended;
    expect(events.values).toMatchObject([{ message: 'restarted' }]);
    expect(cluster.requests).toHaveLength(2);
  });

  const away = new ConnectionError('refused', { kind: 'refused', sent: false });

  test.each([
    ['a login that has run out', makeApiError(401, 'Unauthorized', 'expired')],
    ['a server that has gone away', away],
  ])('by %s after its first try was lost is told as one that may have been done, and ends the run', async (_, end) => {
    let tries = 0;
    const { clock, events, summary } = run([makeStep('a'), makeStep('b', 1)], {}, () => {
      throw tries++ === 0 ? lost : end;
    });
    await clock.advance(200_000);
    expect(await events.ended).toBe(end);
    const message = 'deployment/a may have been restarted: no good answer came when its patch was sent';
    expect(events.values).toMatchObject([{ phase: 'failed', reason: 'Unconfirmed', message }]);
    expect(summary()).toMatchObject({ failed: 'a', notStarted: 'b' });
  });

  const broken = makeApiError(500, 'InternalError', 'failed calling webhook');
  test.each([
    ['was not done', () => makeRawDeployment('a'), true, 'failed', 'InternalError', 'deployment/a was not restarted: '],
    ['was done', (patch: object) => ({ ...makeRawDeployment('a'), ...patch }), false, 'waiting', '', 'restarted'],
    ['cannot be seen', () => Promise.reject(makeApiError(403, 'Forbidden', 'no')), true, 'failed', 'Unconfirmed', ''],
  ] as const)('by a server that fails each time is looked at: it %s', async (_, look, ends, phase, reason, message) => {
    let patch = {};
    const { clock, events } = run([makeStep('a')], {}, ({ method, body }) => {
      if (method !== 'PATCH') return look(patch);
      patch = JSON.parse(JSON.stringify(body));
      throw broken;
    });
    await clock.advance(200_000);
    if (ends) await events.ended;
    expect(events.values[0]).toMatchObject({ phase, reason, message: expect.stringContaining(message) });
  });

  test('by a server that fails, and then is away for a while, is told with what it last answered', async () => {
    let tries = 0;
    const { clock, events } = run([makeStep('a')], {}, ({ method }) => {
      if (method !== 'PATCH') return makeRawDeployment('a');
      throw tries++ === 0 ? broken : away;
    });
    await clock.advance(200_000);
    await events.ended;
    const message = 'deployment/a was not restarted: Error from server (InternalError): failed calling webhook';
    expect(events.values).toMatchObject([{ phase: 'failed', reason: 'InternalError', message }]);
  });

  test('by a missing right after its first try was lost is not told as one that was not done', async () => {
    const errors = [lost, makeApiError(403, 'Forbidden', 'no')];
    const { clock, events } = run([makeStep('a')], {}, () => {
      throw errors.shift();
    });
    await clock.advance(10_000);
    expect(events.values).toMatchObject([{ phase: 'failed', message: expect.stringContaining('may have been') }]);
  });

  test('by no connection at all ends the run without a word on the workload, which was not restarted', async () => {
    const { clock, events } = run([makeStep('a')], {}, () => {
      throw away;
    });
    await clock.advance(200_000);
    expect(await events.ended).toBe(away);
    expect(events.values).toEqual([]);
  });

  test('by a server that says nothing is not waited for beyond the time-out of the run', async () => {
    const { clock, events } = run(
      [makeStep('a')],
      { timeoutMs: 20_000 },
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
    );
    await clock.advance(20_000);
    expect(await events.ended).toMatchObject({ kind: 'timeout' });
    expect(events.values).toMatchObject([{ phase: 'failed', reason: 'Unconfirmed' }]);
  });

  test('because the login has run out ends the run', async () => {
    const { events } = run([makeStep('a')], {}, () => {
      throw makeApiError(401, 'Unauthorized', 'expired');
    });
    expect(await events.ended).toMatchObject({ code: 401 });
  });

  test.each([
    ['has been restarted', () => makeRawDeployment('b'), 'waiting', ''],
    ['may have been', () => Promise.reject(lost), 'failed', 'Unconfirmed'],
  ] as const)(
    'by what ends the run does not silence the one beside it that %s meanwhile',
    async (_, end, phase, reason) => {
      const slow = Promise.withResolvers<void>();
      const { clock, events } = run([makeStep('a'), makeStep('b'), makeStep('c', 1)], {}, async ({ path }) => {
        if (path.endsWith('/a')) throw makeApiError(401, 'Unauthorized', 'expired');
        await slow.promise;
        return end();
      });
      await settle();
      slow.resolve();
      await clock.advance(10_000);
      expect(await events.ended).toMatchObject({ code: 401 });
      expect(events.values).toMatchObject([{ workload: { name: 'b' }, phase, reason }]);
    },
  );

  test('because the login has run out stops the others of the wave, even while nobody reads the events', async () => {
    const slow = Promise.withResolvers<object>();
    const cluster = makeFakeCluster(({ path }) => {
      if (path.endsWith('/a')) throw makeApiError(401, 'Unauthorized', 'expired');
      return slow.promise;
    });
    const plan: RestartPlan = { steps: ['a', 'b', 'c'].map((name) => makeStep(name)), skipped: [] };
    executePlan(cluster, plan, { clock: makeFakeClock(), maxParallel: 2, wait: false });
    await settle();
    slow.resolve(makeRawDeployment('b'));
    await settle();
    expect(cluster.requests.map(({ path }) => path)).toEqual([`${DEPLOYMENTS}/a`, `${DEPLOYMENTS}/b`]);
  });
});

describe('a step that only waits', () => {
  const step = makeStep('web', 0, { action: 'wait' });

  test('is not patched, is followed to its end, and the next wave waits for it', async () => {
    const { cluster, clock, lines, patched } = run([step, makeStep('later', 1)]);
    await settle();
    expect(patched()).toEqual([]);
    present(cluster, ['later']);
    roll(cluster, ['web']);
    await clock.advance(9_999);
    expect(patched()).toEqual([]);
    await clock.advance(1);
    expect(patched()).toEqual(['later']);
    expect(lines()).toEqual([
      'web waiting: has been restarted before, and is followed',
      'web progressing: Waiting for 1 new pods to stay ready for 10s...',
      'web complete: deployment "web" successfully rolled out',
      'later waiting: restarted',
    ]);
  });

  test('fails as any other, and the next wave is not started', async () => {
    const { cluster, events, patched, summary } = run([step, makeStep('later', 1)]);
    await settle();
    roll(cluster, ['web'], ['web']);
    await events.ended;
    expect(patched()).toEqual([]);
    expect(summary()).toMatchObject({ failed: 'web', notStarted: 'later' });
  });

  test('holds nothing up where nothing is followed', async () => {
    const { events, patched } = run([step, makeStep('later', 1)], { wait: false });
    await events.ended;
    expect(patched()).toEqual(['later']);
  });
});

describe('an undo', () => {
  const restartedAt = '2026-01-01T10:00:00.000Z';
  const marked = (annotations: Record<string, string>) => {
    const deployment = makeRawDeployment('web', { observed: 1 });
    return { ...deployment, spec: { template: { metadata: { annotations } } } };
  };
  const bodies = (cluster: FakeCluster) =>
    cluster.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body);

  /** Lets the restart of `web` fail; `now` are the annotations that are found then. */
  async function fail(
    before: Record<string, string>,
    now: Record<string, string>,
    overrides: Partial<RestartStep> = {},
  ) {
    let isPatched = false;
    const step = makeStep('web', 0, overrides);
    const started = run([step], { undoOnFailure: true }, ({ method }) => {
      if (method !== 'PATCH') return marked(isPatched ? now : before);
      isPatched = true;
      return makeRawDeployment('web');
    });
    await settle();
    roll(started.cluster, ['web'], ['web']);
    await started.clock.advance(3000);
    return started;
  }

  test('puts back what was there, and nothing where nothing was', async () => {
    const { cluster } = await fail(
      { 'kubectl.kubernetes.io/restartedAt': '2025-12-01T00:00:00Z', other: 'x' },
      { 'kubectl.kubernetes.io/restartedAt': restartedAt, 'kubectl-reload.dev/config': '{}', other: 'y' },
    );
    expect(bodies(cluster)[1]).toEqual({
      metadata: { uid: 'uid-web' },
      spec: {
        template: {
          metadata: {
            annotations: {
              'kubectl.kubernetes.io/restartedAt': '2025-12-01T00:00:00Z',
              'kubectl-reload.dev/config': null,
            },
          },
        },
      },
    });
  });

  test('is followed to its end, which is told once, with the reason of the failure', async () => {
    const { cluster, clock, events, summary } = await fail({}, { 'kubectl.kubernetes.io/restartedAt': restartedAt });
    roll(cluster, ['web'], [], 3);
    await clock.advance(10_000);
    await events.ended;
    const ends = events.values.filter(({ phase }) => phase === 'complete' || phase === 'failed');
    expect(ends).toMatchObject([
      {
        phase: 'failed',
        reason: 'Error',
        message: expect.stringMatching(
          /^pod web-\S+, container app exited 1.*; undone: 1 of 1 pods run the template from before$/,
        ),
      },
    ]);
    expect(summary()).toMatchObject({ complete: '', failed: 'web' });
  });

  test('is not followed for ever', async () => {
    const { clock, events } = await fail({}, { 'kubectl.kubernetes.io/restartedAt': restartedAt });
    await clock.advance(120_000);
    await events.ended;
    expect(events.values.at(-1)?.message).toContain('; undone, but not healthy: timed out after 120s');
  });

  test('takes back nothing that somebody else has done', async () => {
    const { cluster, events } = await fail({}, { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T10:00:01Z' });
    await events.ended;
    expect(bodies(cluster)).toHaveLength(1);
    expect(events.values.at(-1)?.message).toEndWith('; not undone: somebody has restarted it again since');
  });

  test('is none of what a run before this one did', async () => {
    const { cluster, events } = await fail({}, {}, { action: 'wait' });
    await events.ended;
    expect(bodies(cluster)).toEqual([]);
    expect(events.values.at(-1)?.message).toEndWith('; not undone: it was restarted by a run before this one');
  });

  test('that cannot be followed to its end is told all the same', async () => {
    const interruption = new AbortController();
    const patches: unknown[] = [];
    const started = run([makeStep('web')], { undoOnFailure: true, signal: interruption.signal }, ({ method, body }) => {
      if (method === 'PATCH') patches.push(body);
      return method === 'PATCH'
        ? makeRawDeployment('web')
        : marked({ 'kubectl.kubernetes.io/restartedAt': restartedAt });
    });
    await settle();
    roll(started.cluster, ['web'], ['web']);
    await started.clock.advance(3000);
    expect(patches).toHaveLength(2);
    roll(started.cluster, ['web'], [], 3);
    await started.clock.advance(1000);
    interruption.abort();
    await started.events.ended;
    expect(started.events.values.at(-1)).toMatchObject({ phase: 'failed' });
    expect(started.events.values.at(-1)?.message).toEndWith('; undone, and not followed to its end');
  });

  test('that may have arrived and was not answered is told as such', async () => {
    let patches = 0;
    const started = run([makeStep('web')], { undoOnFailure: true }, ({ method }) => {
      if (method !== 'PATCH') return marked({ 'kubectl.kubernetes.io/restartedAt': restartedAt });
      if (++patches > 1) throw lost;
      return makeRawDeployment('web');
    });
    await settle();
    roll(started.cluster, ['web'], ['web']);
    await started.clock.advance(200_000);
    await started.events.ended;
    expect(started.events.values.at(-1)).toMatchObject({ phase: 'failed' });
    expect(started.events.values.at(-1)?.message).toEndWith('; it may have been undone: no good answer came to that');
  });

  test('is not begun once the run has ended', async () => {
    const interruption = new AbortController();
    const look = Promise.withResolvers<void>();
    let looks = 0;
    const started = run([makeStep('web')], { undoOnFailure: true, signal: interruption.signal }, async ({ method }) => {
      if (method === 'PATCH') return makeRawDeployment('web');
      if (++looks > 1) await look.promise;
      return marked({ 'kubectl.kubernetes.io/restartedAt': restartedAt });
    });
    await settle();
    roll(started.cluster, ['web'], ['web']);
    await started.clock.advance(3000);
    interruption.abort();
    look.resolve();
    await started.events.ended;
    expect(bodies(started.cluster)).toHaveLength(1);
    expect(started.events.values.at(-1)?.message).toEndWith('; not undone: the run ended before that');
  });

  test('is none where the restart goes well', async () => {
    const started = run([makeStep('web')], { undoOnFailure: true }, ({ method }) =>
      method === 'PATCH' ? makeRawDeployment('web') : marked({}),
    );
    await settle();
    roll(started.cluster, ['web']);
    await started.clock.advance(10_000);
    expect(bodies(started.cluster)).toHaveLength(1);
    expect(started.summary()).toMatchObject({ complete: 'web' });
  });
});
