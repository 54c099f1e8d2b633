import { describe, expect, test } from 'bun:test';
import type { ApiError } from '../../../src/cluster/api-error.ts';
import type { ApiRequest } from '../../../src/cluster/cluster.ts';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import type { CheckOptions } from '../../../src/restart/check-step.ts';
import { preflightPlan } from '../../../src/restart/preflight.ts';
import type { RestartStep, Workload } from '../../../src/types.ts';
import { makeGraph, makePod, makeRef, makeWorkload } from '../../support/make-objects.ts';
import { makeApiError, makeFakeClock, makeFakeCluster } from '../rollout/fake-cluster.ts';

const ALL = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: { serviceAccountName: 'web', containers: [] } };

const makeStep = (name: string, overrides: Partial<RestartStep> = {}): RestartStep => ({
  wave: 0,
  workload: makeRef('Deployment', name),
  uid: `uid-${name}`,
  action: 'patch',
  pods: 1,
  why: [],
  configs: [],
  warnings: ['from the plan'],
  ...overrides,
});

/** What the fake server answers: to dry runs of patches, of pods and of evictions, and what the user may do. */
interface Answers {
  rules?: object[];
  workload?: (name: string) => object;
  pod?: (labels: unknown) => object;
  eviction?: () => object;
  /** The warnings that come with every patch and every pod. */
  warnings?: string[];
}

function refuse(error: ApiError): () => never {
  return () => {
    throw error;
  };
}

async function check(
  steps: RestartStep[],
  answers: Answers = {},
  options: Partial<CheckOptions> & { workload?: Partial<Workload> } = {},
) {
  const { workload, ...rest } = options;
  const cluster = makeFakeCluster((request: ApiRequest) => {
    const { path, body, query } = request;
    if (query?.['dryRun']) for (const text of answers.warnings ?? []) request.onWarning?.(text);
    const name = path.split('/').at(-1) ?? '';
    if (name === 'selfsubjectrulesreviews') return { status: { resourceRules: answers.rules ?? [ALL] } };
    if (name === 'eviction') return answers.eviction?.() ?? {};
    if (path.endsWith('/pods')) return answers.pod?.(JSON.parse(JSON.stringify(body)).metadata?.labels) ?? {};
    return answers.workload?.(name) ?? { spec: { template: TEMPLATE } };
  });
  const graph = makeGraph({
    workloads: steps.map(({ workload: ref }) => makeWorkload({ ref, uid: ref.name, pods: [makePod()], ...workload })),
  });
  const before = { steps, skipped: [{ workload: makeRef('Deployment', 'a'), code: 'current' as const, reason: '' }] };
  const clock = makeFakeClock();
  const checked = preflightPlan(cluster, before, graph, { clock, follow: true, force: false, ...rest });
  checked.catch(() => undefined);
  for (let turn = 0; turn < 10; turn++) await clock.advance(30_000);
  const plan = await checked;
  return {
    requests: cluster.requests,
    asked: cluster.requests.map(({ method = 'GET', path, query }) =>
      `${method} ${path} ${query?.['dryRun'] ?? ''}`.trim(),
    ),
    left: plan.steps.map(({ workload: { name } }) => name),
    warnings: plan.steps.flatMap(({ warnings }) => warnings.slice(1)),
    skipped: plan.skipped.slice(1).map(({ workload: { name }, code, reason }) => `${name} ${code}: ${reason}`),
  };
}

const PODS = '/api/v1/namespaces/shop/pods';
const WEB = '/apis/apps/v1/namespaces/shop/deployments/web';

describe('a preflight', () => {
  test('asks for the rights once, and tries the patch and a pod of the template that the patch gives, all without doing it', async () => {
    const { asked, requests, left, warnings } = await check([makeStep('web')]);
    expect(asked).toEqual([
      'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      `PATCH ${WEB} All`,
      `POST ${PODS} All`,
    ]);
    expect(requests[1]?.body).toEqual({
      metadata: { uid: 'uid-web' },
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': expect.any(String) } } } },
    });
    expect(requests[2]?.body).toMatchObject({
      metadata: { generateName: 'web-', labels: { app: 'web' } },
      spec: TEMPLATE.spec,
    });
    expect({ left, warnings }).toEqual({ left: ['web'], warnings: [] });
  });

  test('leaves out what is refused, and goes on with the others', async () => {
    const policy = 'deployments.apps "b" is forbidden: ValidatingAdmissionPolicy \'x\' denied request: frozen';
    const { left, skipped } = await check(
      ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => makeStep(name)),
      {
        workload(name) {
          if (name === 'b') throw makeApiError(403, 'Forbidden', policy);
          return {};
        },
      },
    );
    expect(left).toEqual(['c', 'd', 'e', 'f', 'g']);
    expect(skipped).toEqual([`b rejected: the API server refuses its restart: ${policy}`]);
  });

  test('tries at most four workloads at once', async () => {
    let running = 0;
    let most = 0;
    const slow = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      return {};
    };
    await check(
      Array.from({ length: 12 }, (_, index) => makeStep(`w${index}`)),
      { workload: slow },
    );
    expect(most).toBe(4);
  });

  test('tells a warning of the server once for each workload, though the patch and the pod both bring it', async () => {
    const told: string[] = [];
    const text = 'would violate PodSecurity "restricted:latest"';
    const steps = [makeStep('web'), makeStep('api')];
    const { warnings } = await check(steps, { warnings: [text] }, { onWarning: (warning) => told.push(warning) });
    const note = `the API server warns: ${text}`;
    expect({ warnings, told }).toEqual({ warnings: [note, note], told: [text, text, text, text] });
  });

  test('tries no pod of a workload that is to have none, and none that the user may not create', async () => {
    const policy = { ...makeWorkload().policy, replicas: 0 };
    expect((await check([makeStep('web')], {}, { workload: { policy } })).asked).not.toContain(`POST ${PODS} All`);
    const progress = { observed: true, desired: 0, total: 0, updated: 0, available: 0 };
    expect((await check([makeStep('web')], {}, { workload: { progress } })).asked).not.toContain(`POST ${PODS} All`);
    const rules = [{ ...ALL, verbs: ['patch', 'list', 'watch'] }];
    const { asked, left, warnings } = await check([makeStep('web')], { rules });
    expect(asked).not.toContain(`POST ${PODS} All`);
    expect({ left, warnings }).toEqual({ left: ['web'], warnings: [] });
  });

  test('of a restart that is only followed asks for nothing but the rights', async () => {
    const { asked, left } = await check([makeStep('web', { action: 'wait' })]);
    expect({ asked: asked.length, left }).toEqual({ asked: 1, left: ['web'] });
  });

  test('of an Argo Rollout sends what it would be restarted with', async () => {
    const workload = { ...makeRef('Rollout', 'web'), apiVersion: 'argoproj.io/v1alpha1' };
    const { requests } = await check([makeStep('web', { action: 'restartAt', workload })]);
    expect(requests[1]).toMatchObject({
      path: '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web',
      contentType: 'application/merge-patch+json',
      query: { dryRun: 'All' },
    });
  });

  test('waits for a server that is in trouble', async () => {
    let tries = 0;
    const { left } = await check([makeStep('web')], {
      workload() {
        tries += 1;
        if (tries < 3) throw makeApiError(503, 'ServiceUnavailable', 'starting');
        return {};
      },
    });
    expect({ left, tries }).toEqual({ left: ['web'], tries: 3 });
  });

  test('ends with the error where the server cannot be asked', async () => {
    const login = refuse(makeApiError(401, 'Unauthorized', 'who are you'));
    await expect(check([makeStep('web')], { workload: login })).rejects.toThrow('who are you');
    const lost = () => {
      throw new ConnectionError('no route', { kind: 'tls', sent: false });
    };
    await expect(check([makeStep('web')], { workload: lost })).rejects.toThrow('no route');
  });

  test('asks nothing more once it is interrupted', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(check([makeStep('web')], {}, { signal })).rejects.toThrow('interrupted');
  });
});

describe('a refusal of the patch', () => {
  test.each([
    [404, 'NotFound', 'gone', '', 'unseen: it does not exist any more'],
    [
      422,
      'Invalid',
      'uid',
      'metadata.uid',
      'unseen: it has been deleted and created again meanwhile: run the command again',
    ],
    [422, 'Invalid', 'spec is wrong', 'spec', 'rejected: the API server refuses its restart: spec is wrong'],
    [
      500,
      'InternalError',
      'failed calling webhook "x": timeout',
      '',
      'rejected: the API server refuses its restart: failed calling webhook "x": timeout',
    ],
    [
      403,
      'Forbidden',
      'User "dev" cannot patch resource "deployments" in API group "apps"',
      '',
      'forbidden: User "dev" cannot patch resource "deployments" in API group "apps"',
    ],
  ])('with %p %s (%s) leaves it out, also with force', async (code, reason, message, field, skip) => {
    const answers = { workload: refuse(makeApiError(code, reason, message, field)) };
    expect((await check([makeStep('web')], answers)).skipped).toEqual([`web ${skip}`]);
    expect((await check([makeStep('web')], answers, { force: true })).skipped).toEqual([`web ${skip}`]);
  });

  test('by a webhook that knows no dry run is no refusal', async () => {
    const message = 'admission webhook "x" does not support dry run';
    const { left, warnings } = await check([makeStep('web')], {
      workload: refuse(makeApiError(400, 'BadRequest', message)),
    });
    expect({ left, warnings }).toEqual({
      left: ['web'],
      warnings: [`the API server cannot check it before: ${message}`],
    });
  });
});

describe('a refusal of the pod', () => {
  const SECURITY = 'pods "web-x7x7x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true';
  const FULL = 'pods "web-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3';
  const OVER = 'pods "web-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=3';
  const pod = (message: string) => ({ pod: refuse(makeApiError(403, 'Forbidden', message)) });
  const policyOf = (surge: number, unavailable: number) => ({
    workload: { policy: { ...makeWorkload().policy, replicas: 3, surge, unavailable } },
  });

  test('leaves the workload out, without the name that the pod would have had; force restarts it all the same', async () => {
    const reason =
      'the API server would refuse its new pods: violates PodSecurity "restricted:latest": runAsNonRoot != true (--force restarts it all the same)';
    expect((await check([makeStep('web')], pod(SECURITY))).skipped).toEqual([`web rejected: ${reason}`]);
    const { left, warnings } = await check([makeStep('web')], pod(SECURITY), { force: true });
    expect({ left, warnings }).toEqual({ left: ['web'], warnings: [reason] });
  });

  test('for a ServiceAccount that is missing names it', async () => {
    const message =
      'pods "web-" is forbidden: error looking up service account shop/runner: serviceaccount "runner" not found';
    expect((await check([makeStep('web')], pod(message))).skipped).toEqual([
      'web rejected: the API server would refuse its new pods: error looking up service account shop/runner: serviceaccount "runner" not found (--force restarts it all the same)',
    ]);
  });

  test('for want of the right to create pods says nothing', async () => {
    const message = 'pods is forbidden: User "dev" cannot create resource "pods" in API group ""';
    const { left, warnings } = await check([makeStep('web')], pod(message));
    expect({ left, warnings }).toEqual({ left: ['web'], warnings: [] });
  });

  test('for want of room beside the old ones stops a rollout that may not go below its number', async () => {
    expect((await check([makeStep('web')], pod(FULL), policyOf(1, 0))).skipped).toEqual([
      'web rejected: its new pods have no room beside the old ones, of which none may go before: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3 (--force restarts it all the same)',
    ]);
  });

  test.each([
    ['that takes old pods away first', {}, policyOf(0, 1)],
    ['that may take an old pod away', {}, policyOf(1, 1)],
    ['whose pods are evicted', { action: 'evict' as const, evict: [{ name: 'web-1', uid: 'u' }] }, policyOf(1, 0)],
  ])('for want of room is a warning for one %s', async (_, step, options) => {
    const { left, warnings } = await check([makeStep('web', step)], pod(FULL), options);
    expect({ left, warnings }).toEqual({
      left: ['web'],
      warnings: [
        'a new pod has to wait until an old one has gone: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3',
      ],
    });
  });

  test('of which more are there than the quota allows stops every kind: what goes would not come back', async () => {
    expect((await check([makeStep('web')], pod(OVER), policyOf(0, 1))).skipped).toEqual([
      expect.stringContaining('web rejected: the API server would refuse its new pods: exceeded quota: q'),
    ]);
  });
});

describe('an eviction', () => {
  const step = makeStep('web', { action: 'evict', evict: [{ name: 'web-1', uid: 'u' }] });

  test('is tried for the first pod, after a look at the workload', async () => {
    expect((await check([step])).asked.slice(1)).toEqual([
      `GET ${WEB}`,
      `POST ${PODS}/web-1/eviction All`,
      `POST ${PODS} All`,
    ]);
  });

  test('that a budget blocks now is a warning', async () => {
    const error = makeApiError(429, 'TooManyRequests', 'Cannot evict pod');
    error.details.causes.push({
      reason: 'DisruptionBudget',
      message: 'web needs 2 healthy pods and has 2 currently',
      field: '',
    });
    const { left, warnings } = await check([step], { eviction: refuse(error) });
    expect({ left, warnings }).toEqual({
      left: ['web'],
      warnings: ['an eviction would have to wait now: web needs 2 healthy pods and has 2 currently'],
    });
  });

  test('of a pod with two budgets is refused', async () => {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    const { skipped } = await check([step], { eviction: refuse(makeApiError(500, 'InternalError', message)) });
    expect(skipped).toEqual([`web rejected: the API server refuses to evict its pods: ${message}`]);
  });

  test('of a pod that has gone says nothing', async () => {
    const { left, warnings } = await check([step], { eviction: refuse(makeApiError(404, 'NotFound', 'gone')) });
    expect({ left, warnings }).toEqual({ left: ['web'], warnings: [] });
  });
});

describe('a missing right', () => {
  const rulesFor = (...rules: [verbs: string[], resource: string, group?: string][]) => ({
    rules: rules.map(([verbs, resource, group = 'apps']) => ({ verbs, resources: [resource], apiGroups: [group] })),
  });
  const EVICT = makeStep('web', { action: 'evict', evict: [{ name: 'web-1', uid: 'u' }] });

  test.each([
    [
      'to patch',
      makeStep('web'),
      rulesFor([['get', 'list', 'watch'], 'deployments']),
      'no right to patch deployments.apps "web" in namespace shop',
    ],
    [
      'to watch',
      makeStep('web'),
      rulesFor([['patch', 'list'], 'deployments']),
      'no right to watch deployments.apps in namespace shop, so it could not be followed: --wait=false does without',
    ],
    [
      'to evict',
      EVICT,
      rulesFor([['get', 'list', 'watch'], 'deployments'], [['list', 'watch'], 'pods', '']),
      'no right to create pods/eviction "web-1" in namespace shop',
    ],
    [
      'to watch pods, which evictions need',
      EVICT,
      rulesFor([['get', 'list', 'watch'], 'deployments'], [['create'], 'pods/eviction', ''], [['list'], 'pods', '']),
      'no right to watch pods in namespace shop',
    ],
  ])('%s leaves the workload out, and nothing is tried', async (_, step, answers, reason) => {
    const { skipped, asked } = await check([step], answers);
    expect({ skipped, asked: asked.length }).toEqual({ skipped: [`web forbidden: ${reason}`], asked: 1 });
  });

  test('to watch is no matter where nothing is followed', async () => {
    const { left } = await check([makeStep('web')], rulesFor([['patch'], 'deployments']), { follow: false });
    expect(left).toEqual(['web']);
  });

  test('to read pods is a warning', async () => {
    const { warnings } = await check([makeStep('web')], rulesFor([['patch', 'list', 'watch'], 'deployments']));
    expect(warnings).toEqual([
      'no right to list pods in namespace shop: only its status tells how it goes, and not why it fails',
    ]);
  });
});
