/** Restarts on a real cluster with a real kubelet: what a plan does, and when it counts as done. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { ExecuteOptions } from '../../src/restart/execute.ts';
import { makeClock } from '../../src/rollout/clock.ts';
import { parseStamp } from '../../src/staleness/parse-stamp.ts';
import type { RestartStep } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import {
  ask as askCluster,
  CONFIG,
  makeStep as makeStepOf,
  makeWorkload,
  runSteps,
  settled as waitUntilSettled,
} from '../support/run-plan.ts';

let testCluster: TestCluster;
beforeAll(async () => {
  testCluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 120_000;
const ask = (namespace: string, ...args: string[]) => askCluster(testCluster, namespace, ...args);
const settled = (namespace: string, ...names: string[]) => waitUntilSettled(testCluster, namespace, ...names);
const makeStep = (namespace: string, target: string, wave = 0) => makeStepOf(testCluster, namespace, target, { wave });
const run = (namespace: string, steps: RestartStep[], options: Partial<ExecuteOptions> = {}) =>
  runSteps(testCluster, namespace, steps, options);

describe('a restart', () => {
  test(
    'replaces all pods of a Deployment, a StatefulSet and a DaemonSet, and stamps the new ones',
    async () => {
      await using namespace = await useNamespace(testCluster);
      const targets = ['deployment/web', 'statefulset/pg', 'daemonset/agent'];
      const manifests = [
        CONFIG,
        makeWorkload('Deployment', 'web'),
        makeWorkload('StatefulSet', 'pg'),
        makeWorkload('DaemonSet', 'agent'),
      ];
      await apply(testCluster, namespace.name, manifests);
      await settled(namespace.name, ...targets);
      const podUids = async () =>
        (await ask(namespace.name, 'get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}')).split(' ');
      const before = await podUids();

      const { complete, failed } = await run(
        namespace.name,
        await Promise.all(targets.map((target) => makeStep(namespace.name, target))),
      );

      expect({ complete: complete.sort(), failed }).toEqual({ complete: ['agent', 'pg', 'web'], failed: [] });
      const after = await podUids();
      expect(after).toHaveLength(5);
      expect(before.filter((uid) => after.includes(uid))).toEqual([]);
      const pods: { items: { metadata: { annotations: Record<string, string> } }[] } = JSON.parse(
        await ask(namespace.name, 'get', 'pods', '-o', 'json'),
      );
      const map: { metadata: { uid: string; resourceVersion: string } } = JSON.parse(
        await ask(namespace.name, 'get', 'configmap', 'web', '-o', 'json'),
      );
      for (const { metadata } of pods.items) {
        expect(parseStamp(metadata.annotations['kubectl-reload.dev/config'] ?? '')?.configs).toEqual([
          {
            kind: 'ConfigMap',
            name: 'web',
            uid: map.metadata.uid,
            resourceVersion: map.metadata.resourceVersion,
            content: { by: 'key', hashes: { LEVEL: expect.stringMatching(/^[\w-]{16}$/) } },
          },
        ]);
      }
      const managers = await ask(
        namespace.name,
        'get',
        'deployment/web',
        '--show-managed-fields',
        '-o',
        'jsonpath={.metadata.managedFields[*].manager}',
      );
      expect(managers.split(' ')).toContain('config-reload');
    },
    TIMEOUT,
  );

  test(
    'of pods that die after half a second fails with the reason, where Kubernetes sees success, and leaves the next wave alone',
    async () => {
      await using namespace = await useNamespace(testCluster);
      const workloads = [
        makeWorkload('Deployment', 'web'),
        makeWorkload('StatefulSet', 'pg'),
        makeWorkload('DaemonSet', 'agent'),
      ];
      await apply(testCluster, namespace.name, [CONFIG, ...workloads, makeWorkload('Deployment', 'later', 1)]);
      const targets = ['deployment/web', 'statefulset/pg', 'daemonset/agent'];
      await settled(namespace.name, ...targets, 'deployment/later');
      await apply(testCluster, namespace.name, [{ ...CONFIG, data: { LEVEL: 'bad' } }]);

      const steps = await Promise.all(targets.map((target) => makeStep(namespace.name, target)));
      const last = await makeStep(namespace.name, 'deployment/later', 1);
      const { complete, failed, notStarted } = await run(namespace.name, [...steps, last], { soakMs: 10_000 });

      expect({ complete, notStarted }).toEqual({ complete: [], notStarted: ['later'] });
      expect(failed.map(({ name }) => name).sort()).toEqual(['agent', 'pg', 'web']);
      for (const { reason, message } of failed) {
        expect(['Error', 'CrashLoopBackOff']).toContain(reason);
        expect(message).toMatch(/^pod \S+, container app exited 3 \(\d restarts?\)$/);
      }
      expect(
        await ask(namespace.name, 'get', 'deployment/later', '-o', 'jsonpath={.spec.template.metadata.annotations}'),
      ).toBe('');
    },
    TIMEOUT,
  );

  test(
    'within the second of another one makes a template of its own',
    async () => {
      await using namespace = await useNamespace(testCluster);
      await apply(testCluster, namespace.name, [CONFIG, makeWorkload('Deployment', 'web', 1)]);
      await settled(namespace.name, 'deployment/web');
      const step = await makeStep(namespace.name, 'deployment/web');
      const second = Math.floor(Date.now() / 1000) * 1000;
      for (const millisecond of [1, 2]) {
        const clock = { ...makeClock(Date.now), now: () => second + millisecond };
        await run(namespace.name, [step], { wait: false, clock });
      }
      const generation = await ask(namespace.name, 'get', 'deployment/web', '-o', 'jsonpath={.metadata.generation}');
      expect(generation).toBe('3');
    },
    TIMEOUT,
  );

  test(
    'of a workload that was deleted and created again is refused in a sentence',
    async () => {
      await using namespace = await useNamespace(testCluster);
      await apply(testCluster, namespace.name, [CONFIG, makeWorkload('Deployment', 'web', 0)]);
      const step = await makeStep(namespace.name, 'deployment/web');
      await ask(namespace.name, 'delete', 'deployment/web');
      const gone = await run(namespace.name, [step]);
      expect(gone.failed).toEqual([
        { name: 'web', reason: 'NotFound', message: 'deployment/web does not exist any more: it was not restarted' },
      ]);
      await apply(testCluster, namespace.name, [makeWorkload('Deployment', 'web', 0)]);
      const other = await run(namespace.name, [step]);
      expect(other.failed).toEqual([
        {
          name: 'web',
          reason: 'Recreated',
          message: 'deployment/web has been deleted and created again since the plan was made: run the command again',
        },
      ]);
      expect(
        await ask(namespace.name, 'get', 'deployment/web', '-o', 'jsonpath={.spec.template.metadata.annotations}'),
      ).toBe('');
    },
    TIMEOUT,
  );

  test(
    'fails at once where its new pods cannot start for want of a key, with the words of the kubelet',
    async () => {
      await using namespace = await useNamespace(testCluster);
      const workload = JSON.parse(JSON.stringify(makeWorkload('Deployment', 'web', 1)));
      workload.spec.template.spec.containers[0].env = [
        { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'web', key: 'COLOR' } } },
      ];
      await apply(testCluster, namespace.name, [{ ...CONFIG, data: { LEVEL: 'info', COLOR: 'red' } }, workload]);
      await settled(namespace.name, 'deployment/web');
      await apply(testCluster, namespace.name, [CONFIG]);
      await waitFor(
        async () => !(await ask(namespace.name, 'get', 'configmap/web', '-o', 'json')).includes('"COLOR": "red"'),
        10_000,
        'the key to go',
      );
      const { failed } = await run(namespace.name, [await makeStep(namespace.name, 'deployment/web')]);
      expect(failed).toEqual([
        {
          name: 'web',
          reason: 'CreateContainerConfigError',
          message: expect.stringContaining(`couldn't find key COLOR in ConfigMap ${namespace.name}/web`),
        },
      ]);
    },
    TIMEOUT,
  );

  test(
    'is not held up by a missing ConfigMap in a volume that no container mounts',
    async () => {
      await using namespace = await useNamespace(testCluster);
      const workload = JSON.parse(JSON.stringify(makeWorkload('Deployment', 'web', 1)));
      workload.spec.template.spec.volumes = [{ name: 'unused', configMap: { name: 'missing' } }];
      await apply(testCluster, namespace.name, [CONFIG, workload]);
      await settled(namespace.name, 'deployment/web');
      const { complete, failed } = await run(namespace.name, [await makeStep(namespace.name, 'deployment/web')]);
      expect({ complete, failed }).toEqual({ complete: ['web'], failed: [] });
    },
    TIMEOUT,
  );
});
