/** What a plan says of real objects before anything is touched. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 120_000;
const CONFIG = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web' },
  data: { LEVEL: 'info', COLOR: 'red' },
};

const podSpec = (container: object = {}, rest: object = {}) => ({
  terminationGracePeriodSeconds: 1,
  automountServiceAccountToken: false,
  containers: [
    {
      name: 'app',
      image: 'local/busybox:1',
      command: ['sleep', '100000'],
      env: [{ name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'web', key: 'COLOR' } } }],
      readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
      ...container,
    },
  ],
  ...rest,
});

function make(kind: string, name: string, spec: object = {}, container: object = {}): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: podSpec(container) };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas: 1 }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: labels },
      template,
      ...spec,
    },
  };
}

const ask = (namespace: string, ...args: string[]): Promise<string> => askKubectl(cluster, ['-n', namespace, ...args]);

async function rolled(namespace: string, ...names: string[]): Promise<void> {
  for (const name of names) await ask(namespace, 'rollout', 'status', name, '--timeout=60s');
}

const restart = (namespace: string, ...words: string[]) =>
  runCommand(['restart', '-n', namespace, ...words], { kubeconfig: cluster.kubeconfig });

interface Planned {
  items: { workload: { name: string }; action: string; evict?: { name: string }[]; warnings: string[] }[];
  skipped: { workload: { name: string }; code: string; reason: string }[];
}

/** The plan as it is printed, by name of the workload. */
async function planOf(namespace: string, ...words: string[]) {
  const { stdout, stderr } = await restart(namespace, '--dry-run=client', '-o', 'json', ...words);
  if (stdout === '') throw new Error(stderr);
  const plan: Planned = JSON.parse(stdout);
  return {
    step: (name: string) => plan.items.find(({ workload }) => workload.name === name),
    skip: (name: string) => plan.skipped.find(({ workload }) => workload.name === name),
  };
}

describe('a plan', () => {
  test(
    'refuses what could not start, what is held back, and what nothing would replace, before anything happens',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const job = { restartPolicy: 'Never', ...podSpec() };
      await apply(cluster, name, [
        CONFIG,
        make('Deployment', 'web'),
        make('Deployment', 'stopped', { paused: true, replicas: 0 }),
        make('StatefulSet', 'held', { replicas: 0, updateStrategy: { rollingUpdate: { partition: 1 } } }),
        make('DaemonSet', 'manual', { updateStrategy: { type: 'OnDelete' } }),
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' }, spec: podSpec() },
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'report' },
          spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: { spec: job } } } },
        },
      ]);
      await rolled(name, 'deploy/web');
      await ask(name, 'patch', 'configmap/web', '--type=json', '-p', '[{"op":"remove","path":"/data/COLOR"}]');

      const targets = ['deploy/web', 'deploy/stopped', 'sts/held', 'ds/manual', 'po/bare', 'cj/report'];
      const generations = () => ask(name, 'get', 'deploy,sts,ds', '-o', 'jsonpath={.items[*].metadata.generation}');
      const before = await generations();
      const { code, stdout, stderr } = await restart(name, ...targets);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(
        'left out: deployment/web: configmap/web has no key COLOR: its new pods would not start',
      );
      expect(await generations()).toBe(before);

      await apply(cluster, name, [CONFIG]);
      const plan = await planOf(name, ...targets);
      expect(plan.step('web')?.action).toBe('patch');
      expect(['stopped', 'held', 'manual', 'bare', 'report'].map((each) => plan.skip(each)?.code)).toEqual([
        'paused',
        'partition',
        'on-delete',
        'no-restart',
        'next-run',
      ]);

      // How it would roll is no matter to evictions.
      const evictions = await planOf(name, ...targets, '--evict');
      expect(evictions.step('web')).toMatchObject({ action: 'evict', evict: [{ name: expect.any(String) }] });
      await waitFor(async () => (await planOf(name, 'ds/manual', '--evict')).step('manual'), 30_000, 'its pod');
      expect(evictions.skip('bare')?.code).toBe('no-restart');
    },
    TIMEOUT,
  );

  test(
    'tells what is under way, what has no probe, and what is scaled to 0',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const never = { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } };
      await apply(cluster, name, [
        CONFIG,
        make('Deployment', 'rolling', { replicas: 2 }, never),
        make('Deployment', 'blind', {}, { readinessProbe: null }),
        make('Deployment', 'none', { replicas: 0 }),
        {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'none' },
          spec: {
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' },
            maxReplicas: 3,
            metrics: [
              { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
            ],
          },
        },
      ]);
      await rolled(name, 'deploy/blind');
      await waitFor(
        async () => (await ask(name, 'get', 'deploy/rolling', '-o', 'jsonpath={.status.updatedReplicas}')) === '2',
        30_000,
        'the status of the rollout',
      );
      const plan = await planOf(name, 'deploy/rolling', 'deploy/blind', 'deploy/none');
      expect(plan.step('rolling')?.warnings).toEqual(['not healthy now: 0 of 2 pods available']);
      expect(plan.step('blind')?.warnings).toContain(
        'container app has no readiness probe: Kubernetes calls a new pod ready once it runs; --soak watches it for longer',
      );
      expect(plan.step('none')?.warnings).toEqual([
        'scaled to 0: no pod is replaced, those that start later have the new content',
        'horizontalpodautoscaler/none does nothing while it is scaled to 0',
      ]);

      await ask(name, 'set', 'env', 'deploy/rolling', 'A=b');
      const under = await waitFor(
        async () => (await planOf(name, 'deploy/rolling')).step('rolling')?.warnings[0]?.startsWith('a rollout'),
        30_000,
        'the second rollout to be seen',
      );
      expect(under).toBe(true);
    },
    TIMEOUT,
  );

  test(
    'of evictions heeds the disruption budgets, as the API server will',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, make('Deployment', 'web'), make('Deployment', 'two')]);
      await rolled(name, 'deploy/web', 'deploy/two');
      await ask(name, 'create', 'pdb', 'web', '--selector=app=web', '--min-available=1');
      await ask(name, 'create', 'pdb', 'one', '--selector=app=two', '--max-unavailable=1');
      await ask(name, 'create', 'pdb', 'other', '--selector=app in (two)', '--max-unavailable=1');
      await waitFor(
        async () =>
          /^1+$/.test(
            await ask(name, 'get', 'pdb', '-o', 'jsonpath={.items[*].status.expectedPods}').then((text) =>
              text.replaceAll(' ', ''),
            ),
          ),
        30_000,
        'the budgets to be counted',
      );
      const plan = await planOf(name, 'deploy/web', 'deploy/two', '--evict');
      const never =
        'poddisruptionbudget/web never allows a disruption, however healthy its pods are: an eviction would wait for ever';
      expect(plan.skip('web')).toMatchObject({ code: 'disruption-budget', reason: never });
      expect(plan.skip('two')).toMatchObject({
        code: 'disruption-budget',
        reason:
          'poddisruptionbudget/one and poddisruptionbudget/other select the same pods: the API server evicts none that has more than one budget',
      });
      expect((await planOf(name, 'deploy/web', '--evict', '--force')).step('web')?.warnings).toContain(never);
      // Rolling updates do not ask them.
      expect((await planOf(name, 'deploy/web')).step('web')?.warnings.join()).not.toContain('disruption');

      const forced = await restart(name, 'deploy/web', '--evict', '--force', '--dry-run=server');
      expect(forced.code).toBe(0);
      expect(forced.stdout).toContain(
        'an eviction would have to wait now: The disruption budget web needs 1 healthy pods',
      );
    },
    TIMEOUT,
  );
});
