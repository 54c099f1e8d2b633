/** Restarts through the eviction API on a real node: pod by pod, with budgets, and without a change of any template. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { RestartStep } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';
import { ask, CONFIG, makeEvictStep, makeWorkload, runSteps, settled } from '../support/run-plan.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 180_000;

const ready = (namespace: string, name: string, count: number) =>
  waitFor(
    async () => {
      const text = await ask(cluster, namespace, 'get', 'pods', '-l', `app=${name}`, '-o', 'json');
      const pods: { items: { status: { conditions?: { type: string; status: string }[] } }[] } = JSON.parse(text);
      const isReady = pods.items.map(({ status }) =>
        status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
      );
      return isReady.filter(Boolean).length === count;
    },
    60_000,
    `${count} ready pods of ${name}`,
  );

const podUids = async (namespace: string, name: string): Promise<string[]> =>
  (await ask(cluster, namespace, 'get', 'pods', '-l', `app=${name}`, '-o', 'jsonpath={.items[*].metadata.uid}'))
    .split(' ')
    .filter(Boolean);

const generationOf = (namespace: string, target: string) =>
  ask(cluster, namespace, 'get', target, '-o', 'jsonpath={.metadata.generation}');

const budget = (name: string, spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
});

/** The budget controller has counted the pods. */
const counted = (namespace: string, name: string) =>
  waitFor(
    async () => (await ask(cluster, namespace, 'get', 'pdb', name, '-o', 'jsonpath={.status.expectedPods}')) === '2',
    20_000,
    `budget ${name} to be counted`,
  );

describe('an eviction', () => {
  test(
    'replaces the pods of every kind that keeps pods, and changes no template',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const onDelete = { updateStrategy: { type: 'OnDelete' } };
      await apply(cluster, name, [
        CONFIG,
        makeWorkload('Deployment', 'web'),
        makeWorkload('StatefulSet', 'pg', 2, onDelete),
        makeWorkload('DaemonSet', 'agent', 1, onDelete),
        makeWorkload('ReplicaSet', 'bare', 1),
        makeWorkload('ReplicationController', 'old', 1),
      ]);
      const targets = ['deployment/web', 'statefulset/pg', 'daemonset/agent', 'replicaset/bare', 'rc/old'];
      const counts = { web: 2, pg: 2, agent: 1, bare: 1, old: 1 };
      for (const [app, count] of Object.entries(counts)) await ready(name, app, count);
      const before = await Promise.all(Object.keys(counts).map((app) => podUids(name, app)));
      const generations = await Promise.all(targets.map((target) => generationOf(name, target)));

      const steps = await Promise.all(targets.map((target) => makeEvictStep(cluster, name, target)));
      const { complete, failed } = await runSteps(cluster, name, steps, { timeoutMs: 120_000, maxParallel: 5 });

      expect({ complete, failed }).toEqual({ complete: Object.keys(counts), failed: [] });
      const after = await Promise.all(Object.keys(counts).map((app) => podUids(name, app)));
      expect(after.map(({ length }) => length)).toEqual(Object.values(counts));
      expect(before.flat().filter((uid) => after.flat().includes(uid))).toEqual([]);
      expect(await Promise.all(targets.map((target) => generationOf(name, target)))).toEqual(generations);
    },
    TIMEOUT,
  );

  test(
    'by the command takes one pod at a time, the highest ordinal of a StatefulSet first, only stale ones, and nothing the second time',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [
        CONFIG,
        makeWorkload('StatefulSet', 'pg', 3, { updateStrategy: { type: 'OnDelete' }, podManagementPolicy: 'Parallel' }),
      ]);
      await ready(name, 'pg', 3);
      await apply(cluster, name, [{ ...CONFIG, data: { LEVEL: 'debug' } }]);
      // It runs the new configuration already, so it is none to evict.
      await ask(cluster, name, 'delete', 'pod', 'pg-1');
      await ready(name, 'pg', 3);

      const command = `restart -n ${name} --evict --yes --soak 1s`;
      const first = await runCommand(command, { kubeconfig: cluster.kubeconfig });
      expect({ code: first.code, stdout: first.stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^statefulset\.apps\/pg complete in \d+s\n$/),
      });
      const ended = [...first.stderr.matchAll(/waiting for (\S+) to end/g)].map(([, pod]) => pod);
      expect(ended).toEqual(['pg-2', 'pg-0']);
      const second = await runCommand(command, { kubeconfig: cluster.kubeconfig });
      expect(second).toMatchObject({ code: 0, stdout: '' });
    },
    TIMEOUT,
  );

  test(
    'stops when what comes for the first pod is not well, with its reason and its log, and leaves the other pods alone',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('StatefulSet', 'pg', 3)]);
      await settled(cluster, name, 'statefulset/pg');
      await apply(cluster, name, [{ ...CONFIG, data: { LEVEL: 'bad' } }]);
      const before = await podUids(name, 'pg');
      const { code, stdout, stderr } = await runCommand(`restart statefulset/pg -n ${name} --evict`, {
        kubeconfig: cluster.kubeconfig,
      });
      expect(code).toBe(1);
      expect(stdout).toMatch(/^statefulset\.apps\/pg failed: pod pg-2, container app exited 3 \(.*\)\n/);
      expect(stdout).toContain('LEVEL cannot be bad');
      expect(stderr).toContain(
        'error: 0 restarted, 1 failed, 0 not started; 2 pods of statefulset/pg still run the old',
      );
      expect(stderr).toContain(`  kubectl logs pg-2 -c app`);
      expect(stderr).toContain(`  kubectl reload diff configmap/web -n ${name}\n`);
      const after = await podUids(name, 'pg');
      expect(before.filter((uid) => after.includes(uid))).toHaveLength(2);
    },
    TIMEOUT,
  );

  test(
    'waits for a disruption budget, tells it once, and goes on when it allows',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web'), budget('web', { minAvailable: 2 })]);
      await settled(cluster, name, 'deployment/web');
      await counted(name, 'web');
      const step = await makeEvictStep(cluster, name, 'deployment/web');
      let asked = 0;
      const { complete, events } = await runSteps(cluster, name, [step], {
        async onEvent({ reason }) {
          if (reason !== 'DisruptionBudget') return;
          asked += 1;
          if (asked === 1) await ask(cluster, name, 'delete', 'pdb', 'web');
        },
      });
      expect(complete).toEqual(['web']);
      const told = events.filter(({ reason }) => reason === 'DisruptionBudget');
      expect(told.map(({ message }) => message)).toEqual([
        expect.stringContaining('The disruption budget web needs 2 healthy pods and has 2 currently'),
      ]);
    },
    TIMEOUT,
  );

  test(
    'that a disruption budget does not allow for the grace time fails with the words of the server, and evicts nothing',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web'), budget('web', { maxUnavailable: 0 })]);
      await settled(cluster, name, 'deployment/web');
      await counted(name, 'web');
      const before = await podUids(name, 'web');
      const step = await makeEvictStep(cluster, name, 'deployment/web');
      const { failed } = await runSteps(cluster, name, [step], { graceMs: 3000 });
      expect(failed).toEqual([
        {
          name: 'web',
          reason: 'DisruptionBudget',
          message: expect.stringMatching(
            /^no progress for 3s \(--grace\): pod web-\S+ cannot be evicted: The disruption budget web needs 2 healthy pods and has 2 currently$/,
          ),
        },
      ]);
      expect((await podUids(name, 'web')).sort()).toEqual(before.sort());
    },
    TIMEOUT,
  );

  test(
    'of a pod with two disruption budgets is not tried again: the server cannot do it',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const budgets = ['one', 'two'].map((which) => budget(which, { minAvailable: 1 }));
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web'), ...budgets]);
      await settled(cluster, name, 'deployment/web');
      await counted(name, 'one');
      await counted(name, 'two');
      const step = await makeEvictStep(cluster, name, 'deployment/web');
      const { failed } = await runSteps(cluster, name, [step]);
      expect(failed).toMatchObject([
        { name: 'web', message: expect.stringContaining('more than one PodDisruptionBudget') },
      ]);
    },
    TIMEOUT,
  );

  test(
    'leaves a pod alone that has taken the name of the one in the plan, and a workload that is another one by now',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('StatefulSet', 'pg', 1)]);
      await settled(cluster, name, 'statefulset/pg');
      const step = await makeEvictStep(cluster, name, 'statefulset/pg');
      await ask(cluster, name, 'delete', 'pod', 'pg-0');
      await ready(name, 'pg', 1);
      const before = await podUids(name, 'pg');
      expect(await runSteps(cluster, name, [step])).toMatchObject({ complete: ['pg'], failed: [] });
      expect(await podUids(name, 'pg')).toEqual(before);
      const other: RestartStep = { ...step, uid: 'another' };
      expect((await runSteps(cluster, name, [other])).failed).toMatchObject([{ name: 'pg', reason: 'Recreated' }]);
    },
    TIMEOUT,
  );

  test(
    'ends when it is interrupted, says what is left, and the next run goes on there',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('StatefulSet', 'pg', 2)]);
      await settled(cluster, name, 'statefulset/pg');
      const uidOf = (pod: string) => ask(cluster, name, 'get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}');
      const before = await uidOf('pg-1');
      const interruption = new AbortController();
      const running = runCommand(`restart statefulset/pg -n ${name} --evict --soak 60s`, {
        kubeconfig: cluster.kubeconfig,
        interrupted: interruption.signal,
      });
      await waitFor(
        async () => (await uidOf('pg-1')) !== before && (await ready(name, 'pg', 2)) === true,
        60_000,
        'the first pod to be replaced',
      );
      interruption.abort();
      const { code, stderr } = await running;
      expect(code).toBe(130);
      expect(stderr).toContain('interrupted: 0 restarted, 0 failed, 0 not started; 1 pod of statefulset/pg still runs');
      expect(stderr).toEndWith(
        `  kubectl reload restart -n ${name} --evict --soak 60s statefulset/pg    goes on where this stopped\n`,
      );
    },
    TIMEOUT,
  );
});
