/** Undoing failed restarts on a real node: what it brings back, what it leaves alone, and what it says. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { ask, CONFIG, makeStep, makeWorkload, runSteps, settled } from '../support/run-plan.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 180_000;
const BAD = { ...CONFIG, data: { LEVEL: 'bad' } };

/** An ordered StatefulSet whose pods are never ready while LEVEL was bad at their start, and do not end for that. */
function makeUnreadyWhenBad(name: string, replicas: number): object {
  const command = ['sh', '-c', '[ "$LEVEL" != bad ]'];
  const podSpec = makePodSpec({
    envFrom: [{ configMapRef: { name: 'web' } }],
    readinessProbe: { exec: { command }, periodSeconds: 1, failureThreshold: 1 },
  });
  return makeWorkloadManifest('StatefulSet', name, podSpec, { replicas });
}

const annotationsOf = async (namespace: string, target: string): Promise<Record<string, string>> =>
  JSON.parse(
    (await ask(cluster, namespace, 'get', target, '-o', 'jsonpath={.spec.template.metadata.annotations}')) || '{}',
  );

const field = (namespace: string, target: string, path: string) =>
  ask(cluster, namespace, 'get', target, '-o', `jsonpath={${path}}`);

describe('an undo', () => {
  test(
    'puts the annotations back to nothing, and the old pods that are left stay as they are',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const kinds = [
        makeWorkload('Deployment', 'web', 3),
        makeWorkload('StatefulSet', 'pg', 2),
        makeWorkload('DaemonSet', 'agent'),
      ];
      const targets = ['deployment/web', 'statefulset/pg', 'daemonset/agent'];
      await apply(cluster, name, [CONFIG, ...kinds]);
      await settled(cluster, name, ...targets);
      const revision = await field(name, 'statefulset/pg', '.status.updateRevision');
      await apply(cluster, name, [BAD]);
      const steps = await Promise.all(targets.map((target) => makeStep(cluster, name, target)));
      const { failed, events } = await runSteps(cluster, name, steps, {
        undoOnFailure: true,
        soakMs: 10_000,
        timeoutMs: 120_000,
      });

      expect(failed.map((one) => one.name).sort()).toEqual(['agent', 'pg', 'web']);
      for (const { reason, message } of failed) {
        expect(['Error', 'CrashLoopBackOff']).toContain(reason);
        expect(message).toMatch(/^pod \S+, container app exited 3 .*; undone/);
        expect(message).toEndWith('; what configmap/web holds is not undone by this');
      }
      for (const target of targets) expect(await annotationsOf(name, target)).toEqual({});
      expect(await field(name, 'statefulset/pg', '.status.updateRevision')).toBe(revision);
      expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort());
      // The end is told once of each.
      expect(events.filter(({ phase }) => phase === 'failed')).toHaveLength(3);
      expect(events.some(({ message }) => message.startsWith('it failed, and is being undone: pod '))).toBe(true);
    },
    TIMEOUT,
  );

  test(
    'brings back the annotations of the restart before, keeps what others changed in the template meanwhile, and reaches all pods of an ordered StatefulSet once the config is good again',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeUnreadyWhenBad('pg', 3)]);
      await settled(cluster, name, 'statefulset/pg');
      const step = await makeStep(cluster, name, 'statefulset/pg');
      expect((await runSteps(cluster, name, [step])).complete).toEqual(['pg']);
      const before = await annotationsOf(name, 'statefulset/pg');
      expect(Object.keys(before).sort()).toEqual(['kubectl-reload.dev/config', 'kubectl.kubernetes.io/restartedAt']);
      await apply(cluster, name, [BAD]);
      const { failed } = await runSteps(cluster, name, [step], {
        undoOnFailure: true,
        graceMs: 5000,
        timeoutMs: 120_000,
        async onEvent({ message, phase, reason }) {
          if (message === 'restarted') {
            const template = { metadata: { annotations: { 'example.com/new': '1' } } };
            await ask(cluster, name, 'patch', 'statefulset/pg', '-p', JSON.stringify({ spec: { template } }));
          }
          // Its pod keeps the environment that it was started with.
          if (phase === 'progressing' && reason !== '') await apply(cluster, name, [CONFIG]);
        },
      });
      expect(failed).toMatchObject([
        { name: 'pg', message: expect.stringMatching(/; undone: 3 of 3 pods run the template from before; what /) },
      ]);
      expect(await annotationsOf(name, 'statefulset/pg')).toEqual({ ...before, 'example.com/new': '1' });
      const levels = await Promise.all(
        [0, 1, 2].map((ordinal) => ask(cluster, name, 'exec', `pg-${ordinal}`, '--', 'sh', '-c', 'echo $LEVEL')),
      );
      expect(levels).toEqual(['info\n', 'info\n', 'info\n']);
    },
    TIMEOUT,
  );

  test(
    'is left out where somebody has restarted the workload again meanwhile',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', 1)]);
      await settled(cluster, name, 'deployment/web');
      await apply(cluster, name, [BAD]);
      const step = await makeStep(cluster, name, 'deployment/web');
      let theirs = '';
      const { failed } = await runSteps(cluster, name, [step], {
        undoOnFailure: true,
        // It times out in their rollout.
        timeoutMs: 8000,
        soakMs: 60_000,
        async onEvent({ message }) {
          if (message !== 'restarted') return;
          await apply(cluster, name, [CONFIG]);
          await ask(cluster, name, 'rollout', 'restart', 'deployment/web');
          theirs = (await annotationsOf(name, 'deployment/web'))['kubectl.kubernetes.io/restartedAt'] ?? '';
        },
      });
      expect(failed).toMatchObject([
        { name: 'web', message: expect.stringContaining('; not undone: somebody has restarted it again since') },
      ]);
      expect((await annotationsOf(name, 'deployment/web'))['kubectl.kubernetes.io/restartedAt']).toBe(theirs);
    },
    TIMEOUT,
  );

  test(
    'by the command is told with the failure, and exits 1',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', 2)]);
      await settled(cluster, name, 'deployment/web');
      await apply(cluster, name, [BAD]);
      const { code, stdout, stderr } = await runCommand(
        `restart deployment/web -n ${name} --undo-on-failure --soak 10s`,
        {
          kubeconfig: cluster.kubeconfig,
        },
      );
      expect(code).toBe(1);
      expect(stdout).toMatch(
        /^deployment\.apps\/web restarted\ndeployment\.apps\/web failed: pod web-\S+, container app exited 3 .*; undone/,
      );
      expect(stdout).toContain('what configmap/web holds is not undone by this');
      expect(stderr).toContain('deployment.apps/web: undo: Waiting for');
      expect(await annotationsOf(name, 'deployment/web')).toEqual({});
      await waitFor(
        async () => (await field(name, 'deployment/web', '.status.observedGeneration')) === '3',
        20_000,
        'the undo to be observed',
      );
    },
    TIMEOUT,
  );
});
