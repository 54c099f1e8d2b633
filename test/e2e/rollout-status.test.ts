/** `rollout-status` on a real cluster with a real kubelet: what becomes of rollouts that go well, and why others do not. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { RolloutEvent } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { startCommand } from '../support/start-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 180_000;
interface Shape {
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  replicas?: number;
  container?: object;
  /** Fields of the pod template's spec. */
  pod?: object;
}

function makeWorkload(name: string, { kind = 'Deployment', replicas = 1, container, pod }: Shape = {}): object {
  return makeWorkloadManifest(kind, name, makePodSpec(container, pod), { replicas });
}

const missingVolume = { volumes: [{ name: 'c', configMap: { name: 'gone' } }] };
const mount = { volumeMounts: [{ name: 'c', mountPath: '/c' }] };

/** Runs the command and reads its events. */
async function follow(namespace: string, words = ''): Promise<{ code: number; last: RolloutEvent[]; stderr: string }> {
  const line = `rollout-status ${words} -n ${namespace} -o json --timeout 120s`;
  const { code, stdout, stderr } = await runCommand(line, { kubeconfig: cluster.kubeconfig });
  const events: RolloutEvent[] = stdout
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text));
  const last = new Map(events.map((event) => [`${event.workload.kind}/${event.workload.name}`, event]));
  return { code, last: [...last.values()], stderr };
}

const ask = (namespace: string, ...args: string[]): Promise<string> => askKubectl(cluster, ['-n', namespace, ...args]);

/** Applies objects, of which the last is a workload that is to fail, and follows it. */
async function failureIn({ name }: { name: string }, objects: object[], words = ''): Promise<RolloutEvent> {
  for (const object of objects) await apply(cluster, name, [object]);
  const { code, last } = await follow(name, words);
  expect(code).toBe(1);
  const [event] = last;
  if (event === undefined) throw new Error('nothing was said');
  expect(event.phase).toBe('failed');
  return event;
}

describe('a rollout that goes well', () => {
  test(
    'is followed to its end, of all three kinds at once, in kubectl wording',
    async () => {
      await using namespace = await useNamespace(cluster);
      await apply(cluster, namespace.name, [
        makeWorkload('web', { replicas: 2 }),
        makeWorkload('pg', { kind: 'StatefulSet', replicas: 2 }),
        makeWorkload('agent', { kind: 'DaemonSet' }),
      ]);
      const line = `rollout-status -n ${namespace.name} --soak 1s`;
      const { code, stdout, stderr } = await runCommand(line, { kubeconfig: cluster.kubeconfig });
      expect({ code, lines: stdout.trimEnd().split('\n').sort() }).toEqual({
        code: 0,
        lines: [
          'daemonset.apps/agent: daemon set "agent" successfully rolled out',
          'deployment.apps/web: deployment "web" successfully rolled out',
          'statefulset.apps/pg: partitioned roll out complete: 2 new pods have been updated...',
        ],
      });
      expect(stderr).toContain('3 rollouts complete\n');
    },
    TIMEOUT,
  );

  test(
    'of a StatefulSet replaces one pod after the other, from the last, and is followed through each step',
    async () => {
      await using namespace = await useNamespace(cluster);
      const set = makeWorkload('pg', { kind: 'StatefulSet', replicas: 2 });
      await apply(cluster, namespace.name, [set]);
      expect((await follow(namespace.name, '--soak 0s')).code).toBe(0);
      await ask(namespace.name, 'rollout', 'restart', 'statefulset/pg');
      const line = `rollout-status sts/pg -n ${namespace.name} --soak 0s -o json`;
      const { code, stdout } = await runCommand(line, { kubeconfig: cluster.kubeconfig });
      const events: RolloutEvent[] = stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text));
      expect(code).toBe(0);
      expect(events.at(-1)).toMatchObject({ phase: 'complete', updated: 2, ready: 2, old: 0 });
      // Until the new template is observed the numbers are those of the old one.
      const steps = events.filter(({ phase }) => phase !== 'waiting').map(({ updated }) => updated);
      expect(steps).toContain(1);
      expect(steps).toEqual(steps.toSorted());
    },
    TIMEOUT,
  );
});

describe('a rollout that cannot go well fails with its reason', () => {
  test(
    'when its pods die after half a second, where kubectl says that it is done; with the last words of the container',
    async () => {
      await using namespace = await useNamespace(cluster);
      // What is written to both outputs at once may stand in the log in either order.
      const command = ['sh', '-c', 'exec >&2; echo reading config; echo "FATAL: no such level"; sleep 0.5; exit 3'];
      await apply(cluster, namespace.name, [makeWorkload('web', { replicas: 1, container: { command } })]);
      const { code, last } = await follow(namespace.name, 'deployment/web');
      expect(code).toBe(1);
      expect(last).toEqual([
        expect.objectContaining({
          phase: 'failed',
          message: expect.stringMatching(/^pod web-\w+-\w+, container app exited 3 \(/),
          log: ['reading config', 'FATAL: no such level'],
        }),
      ]);
      await waitFor(
        async () =>
          (await ask(namespace.name, 'get', 'deployment', 'web', '-o', 'json')).includes('NewReplicaSetAvailable'),
        TIMEOUT,
        'the controller to call it done',
      );
    },
    TIMEOUT,
  );

  test(
    'when its image cannot be had',
    async () => {
      await using namespace = await useNamespace(cluster);
      const workload = makeWorkload('web', { container: { image: 'local/none:1', imagePullPolicy: 'Never' } });
      expect(await failureIn(namespace, [workload])).toMatchObject({
        reason: 'ErrImageNeverPull',
        message: expect.stringContaining('local/none:1'),
      });
    },
    TIMEOUT,
  );

  test(
    'when a ConfigMap is missing that it mounts, of which only an event tells',
    async () => {
      await using namespace = await useNamespace(cluster);
      const workload = makeWorkload('pg', { kind: 'StatefulSet', pod: missingVolume, container: mount });
      expect(await failureIn(namespace, [workload])).toMatchObject({
        reason: 'FailedMount',
        message: expect.stringMatching(/^pod pg-0: MountVolume.SetUp failed .*configmap "gone" not found$/),
      });
    },
    TIMEOUT,
  );

  test(
    'when a readiness probe never passes, after the grace time, with what the probe said',
    async () => {
      await using namespace = await useNamespace(cluster);
      const readinessProbe = { periodSeconds: 1, exec: { command: ['sh', '-c', 'echo no database; exit 1'] } };
      const command = ['sh', '-c', 'echo trying db:5432; sleep 100000'];
      const workload = makeWorkload('web', { container: { command, readinessProbe } });
      const event = await failureIn(namespace, [workload], '--grace 5s');
      expect(event).toMatchObject({
        reason: 'Unhealthy',
        message: expect.stringContaining('is not ready: Readiness probe failed: no database'),
        log: ['trying db:5432'],
      });
    },
    TIMEOUT,
  );

  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { pods: '1' } },
  };

  test.each(['Deployment', 'StatefulSet'] as const)(
    'when the quota leaves no room for a pod of a %s, after the grace time',
    async (kind) => {
      await using namespace = await useNamespace(cluster);
      const workload = makeWorkload('web', { kind, replicas: 2 });
      const event = await failureIn(namespace, [quota, workload], '--grace 5s');
      expect(event).toMatchObject({ reason: 'FailedCreate', message: expect.stringContaining('exceeded quota: few') });
    },
    TIMEOUT,
  );

  test(
    'when the namespace forbids the pods of a DaemonSet, at once',
    async () => {
      await using namespace = await useNamespace(cluster);
      await ask(namespace.name, 'label', 'ns', namespace.name, 'pod-security.kubernetes.io/enforce=restricted');
      const workload = makeWorkload('agent', { kind: 'DaemonSet', pod: { hostNetwork: true } });
      expect(await failureIn(namespace, [workload])).toMatchObject({
        reason: 'FailedCreate',
        message: expect.stringContaining('violates PodSecurity "restricted:'),
      });
    },
    TIMEOUT,
  );

  test(
    'when it is paused, after the grace time, with the command that would resume it',
    async () => {
      await using namespace = await useNamespace(cluster);
      await apply(cluster, namespace.name, [makeWorkload('web')]);
      expect((await follow(namespace.name, '--soak 0s')).code).toBe(0);
      await ask(namespace.name, 'rollout', 'pause', 'deployment/web');
      await ask(namespace.name, 'set', 'env', 'deployment/web', 'LEVEL=debug');
      const { code, last } = await follow(namespace.name, '--grace 1s');
      expect(code).toBe(1);
      expect(last).toMatchObject([
        { reason: 'DeploymentPaused', message: expect.stringContaining('kubectl rollout resume deployment/web') },
      ]);
    },
    TIMEOUT,
  );
});

describe('an old pod that crashes', () => {
  test(
    'is no failure of the new rollout that replaces it',
    async () => {
      await using namespace = await useNamespace(cluster);
      const bad = makeWorkload('web', { container: { command: ['sh', '-c', 'exit 1'] } });
      await apply(cluster, namespace.name, [bad]);
      expect((await follow(namespace.name)).code).toBe(1);
      await apply(cluster, namespace.name, [makeWorkload('web')]);
      const { code, last } = await follow(namespace.name, '--soak 1s');
      expect({ code, last }).toMatchObject({ code: 0, last: [{ phase: 'complete', old: 0 }] });
    },
    TIMEOUT,
  );
});

describe('one rollout that is stuck', () => {
  test(
    'hides none of the others, and its reason stands there while it waits',
    async () => {
      await using namespace = await useNamespace(cluster);
      const readinessProbe = { periodSeconds: 1, exec: { command: ['sh', '-c', 'echo not yet; exit 1'] } };
      await apply(cluster, namespace.name, [
        makeWorkload('stuck', { container: { readinessProbe } }),
        makeWorkload('web'),
        makeWorkload('api'),
      ]);
      const line = `rollout-status -n ${namespace.name} --soak 1s --grace 1h`;
      const command = startCommand(line, { kubeconfig: cluster.kubeconfig });
      await waitFor(
        () => command.stdout().split('\n').length === 3 && command.stderr().includes('not yet'),
        TIMEOUT,
        'the end of two and the reason of one',
      );
      expect(command.stdout().trimEnd().split('\n').sort()).toEqual([
        'deployment.apps/api: deployment "api" successfully rolled out',
        'deployment.apps/web: deployment "web" successfully rolled out',
      ]);
      command.interrupt();
      expect(await command.ended).toBe(130);
      expect(command.stderr()).toEndWith('interrupted: 2 complete, 1 not complete; rollouts go on in the cluster\n');
    },
    TIMEOUT,
  );
});

describe('targets', () => {
  test(
    'may be a config, which means those that use it; a name that does not exist, and what does not roll, are refused',
    async () => {
      await using namespace = await useNamespace(cluster);
      const config = makeConfigMap('web', { LEVEL: 'info' });
      const envFrom = [{ configMapRef: { name: 'web' } }];
      await apply(cluster, namespace.name, [
        config,
        makeWorkload('web', { container: { envFrom } }),
        makeWorkload('other'),
      ]);
      await ask(namespace.name, 'label', 'deployment', 'other', 'tier=back');
      const names = async (words: string) => {
        const { last } = await follow(namespace.name, `${words} --soak 0s`);
        return last.map(({ workload }) => workload.name).sort();
      };
      expect(await names('configmap/web')).toEqual(['web']);
      expect(await names('-l tier=back')).toEqual(['other']);
      expect(await names('deploy')).toEqual(['other', 'web']);

      const refused = await follow(namespace.name, 'deploy/none');
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('deployments.apps "none" not found\n  See kubectl reload deps'),
      });
      expect(await follow(namespace.name, 'pod/web')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('pods have no rollouts'),
      });
      expect(await follow(namespace.name, 'daemonsets')).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('no rollouts found'),
      });
      expect(await follow('of-nobody')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('namespaces "of-nobody" not found'),
      });
    },
    TIMEOUT,
  );

  test(
    'are told once with --watch=false, in a table, and the exit code says whether they are complete',
    async () => {
      await using namespace = await useNamespace(cluster);
      const workload = makeWorkload('pg', { kind: 'StatefulSet', pod: missingVolume, container: mount });
      await apply(cluster, namespace.name, [makeWorkload('web'), workload]);
      expect((await follow(namespace.name, 'deploy --soak 0s')).code).toBe(0);
      const run = (words: string) =>
        runCommand(`rollout-status --watch=false -n ${namespace.name} --soak 0s ${words}`, {
          kubeconfig: cluster.kubeconfig,
        });
      expect(await run('deploy/web')).toEqual({
        code: 0,
        stdout: [
          'WORKLOAD             ROLLOUT   UPDATED  READY  AVAILABLE  OLD  MESSAGE\n',
          'deployment.apps/web  complete  1/1      1/1    1/1        0    deployment "web" successfully rolled out\n',
        ].join(''),
        stderr: '',
      });
      const both = await run('--no-headers');
      expect(both.code).toBe(1);
      expect(both.stdout.split('\n')[0]).toStartWith('deployment.apps/web ');
      expect(both.stdout.split('\n')[1]).toStartWith('statefulset.apps/pg ');
    },
    TIMEOUT,
  );
});
