/** How `rollout-status` watches a real cluster: with how few requests, and through what it survives. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { Socket } from 'node:net';
import type { RolloutEvent } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { startClusterProxy } from '../support/cluster-proxy.ts';
import { makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { startRecordingCluster } from '../support/recording-cluster.ts';
import { runCommand } from '../support/run-command.ts';
import type { StartedCommand } from '../support/start-command.ts';
import { startCommand } from '../support/start-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 180_000;

/** No node has this label, so no pod of it ever starts. */
const NOWHERE = { nodeSelector: { 'node-of': 'nobody' } };

function makeDeployment(name: string, pod: object = {}, replicas = 1): object {
  return makeWorkloadManifest('Deployment', name, makePodSpec({}, pod), { replicas });
}

function readEvents(stdout: string): RolloutEvent[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const ask = (...args: string[]): Promise<string> => askKubectl(cluster, args);

/** Starts to follow, and waits until each of so many rollouts has been told of. */
async function startFollowing(line: string, count: number): Promise<StartedCommand> {
  const command = startCommand(`rollout-status -o json ${line}`, { kubeconfig: cluster.kubeconfig });
  await waitFor(
    () => new Set(readEvents(command.stdout()).map(({ workload }) => workload.name)).size === count,
    TIMEOUT,
    `${count} rollouts: ${command.stderr()}`,
  );
  return command;
}

test(
  'many rollouts at once are followed by one list and one watch a kind, and nothing is asked again while they go on',
  async () => {
    await using namespace = await useNamespace(cluster);
    await using recorded = await startRecordingCluster(cluster);
    const names = Array.from({ length: 30 }, (_, index) => `web-${index}`);
    await apply(
      cluster,
      namespace.name,
      names.map((name) => makeDeployment(name, NOWHERE)),
    );
    const command = await startFollowing(`deployments -n ${namespace.name} -s ${recorded.url}`, names.length);
    await ask('-n', namespace.name, 'rollout', 'restart', 'deployment');
    await waitFor(
      () => {
        const told = readEvents(command.stdout()).filter(({ reason, old }) => reason === 'Unschedulable' && old > 0);
        return new Set(told.map(({ workload }) => workload.name)).size === names.length;
      },
      TIMEOUT,
      'a word on each after the restart',
    );
    command.interrupt();
    expect(await command.ended).toBe(130);
    const asked = recorded.exchanges.map(
      ({ path, query }) => `${query.has('watch') ? 'watch' : 'list'} ${path.split('/').at(-1)}`,
    );
    expect(asked.sort()).toEqual([
      'list deployments',
      'watch deployments',
      'watch events',
      'watch pods',
      'watch replicasets',
    ]);
  },
  TIMEOUT,
);

describe('a rollout goes on being followed', () => {
  test(
    'when its watches are cut, and the server no longer knows the versions that they resume from',
    async () => {
      await using namespace = await useNamespace(cluster);
      const streams = new Set<Socket>();
      let resumed = 0;
      await using proxy = await startClusterProxy(cluster, {
        watch(message) {
          if (message.url?.includes('watch=true')) streams.add(message.socket);
        },
        intercept({ url }) {
          if (!url.includes('resourceVersion=')) return { act: 'pass' };
          resumed++;
          const object = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' };
          return { act: 'send', body: { type: 'ERROR', object } };
        },
      });
      await apply(cluster, namespace.name, [makeDeployment('web', NOWHERE)]);
      const line = `-n ${namespace.name} -s ${proxy.url} --soak 0s --grace 1h`;
      const command = await startFollowing(line, 1);
      const before = streams.size;
      for (const stream of [...streams]) stream.destroy();
      await waitFor(() => resumed >= before && streams.size >= 2 * before, TIMEOUT, 'new watches');
      await apply(cluster, namespace.name, [makeDeployment('web')]);
      expect(await command.ended).toBe(0);
      expect(readEvents(command.stdout()).at(-1)).toMatchObject({ phase: 'complete', updated: 1, old: 0 });
    },
    TIMEOUT,
  );

  test(
    'until its workload is deleted, which is told at once, while the others go on',
    async () => {
      await using namespace = await useNamespace(cluster);
      await apply(cluster, namespace.name, [makeDeployment('web', NOWHERE), makeDeployment('api', NOWHERE)]);
      const command = await startFollowing(`-n ${namespace.name} --soak 0s --grace 1h`, 2);
      await ask('-n', namespace.name, 'delete', 'deployment', 'web', '--wait=false');
      await waitFor(
        () => readEvents(command.stdout()).some(({ phase }) => phase === 'failed'),
        TIMEOUT,
        'word of the deletion',
      );
      await apply(cluster, namespace.name, [makeDeployment('api')]);
      expect(await command.ended).toBe(1);
      const events = readEvents(command.stdout());
      const last = (name: string) => events.findLast(({ workload }) => workload.name === name);
      expect(last('web')).toMatchObject({ phase: 'failed', reason: 'Deleted' });
      expect(last('api')).toMatchObject({ phase: 'complete' });
    },
    TIMEOUT,
  );

  test(
    'and not taken for another one that is created under its name',
    async () => {
      await using namespace = await useNamespace(cluster);
      await apply(cluster, namespace.name, [makeDeployment('web', NOWHERE)]);
      const command = await startFollowing(`-n ${namespace.name} --soak 0s --grace 1h`, 1);
      await ask('-n', namespace.name, 'delete', 'deployment', 'web', '--wait=false');
      await apply(cluster, namespace.name, [makeDeployment('web', {}, 0)]);
      expect(await command.ended).toBe(1);
      expect(readEvents(command.stdout()).at(-1)?.reason).toMatch(/^(Deleted|Recreated)$/);
    },
    TIMEOUT,
  );
});

describe('without the right', () => {
  /** Gives a user of its own these rights in a namespace, and waits until the API server knows of them. */
  async function grant(namespace: string, rules: { resources: string[]; verbs: string[] }): Promise<string> {
    const user = `follower-${namespace}`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const apiGroup = 'rbac.authorization.k8s.io';
    const metadata = { name: 'follow' };
    await apply(cluster, namespace, [
      { apiVersion, kind: 'Role', metadata, rules: [{ apiGroups: ['apps'], ...rules }] },
      {
        apiVersion,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup, kind: 'Role', name: 'follow' },
        subjects: [{ apiGroup, kind: 'User', name: user }],
      },
    ]);
    const ofApps = rules.resources.map((resource) => `${resource}.apps`);
    await waitFor(
      async () => {
        for (const resource of ofApps) await ask('auth', 'can-i', 'list', resource, '-n', namespace, '--as', user);
        return true;
      },
      TIMEOUT,
      'the rights of the user',
    );
    return user;
  }

  test(
    'to read pods and events the status of the workload decides, as for kubectl, and that is said',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [makeDeployment('web')]);
      const user = await grant(name, { resources: ['deployments'], verbs: ['get', 'list', 'watch'] });
      const line = `rollout-status deploy/web -n ${name} --as ${user} --soak 0s`;
      const { code, stdout, stderr } = await runCommand(line, { kubeconfig: cluster.kubeconfig });
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: 'deployment.apps/web: deployment "web" successfully rolled out\n',
      });
      expect(stderr).toContain('rollouts are judged by the status of their workloads alone');
      // No one misses the events who has not asked for them.
      expect(stderr).not.toContain('events');
    },
    TIMEOUT,
  );

  test(
    'to watch workloads nothing can be told: that is refused, and is no failure of theirs',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [makeDeployment('web')]);
      const user = await grant(name, { resources: ['deployments'], verbs: ['list'] });
      const run = (words: string) =>
        runCommand(`rollout-status ${words} -n ${name} --as ${user}`, { kubeconfig: cluster.kubeconfig });
      expect(await run('deploy/web')).toMatchObject({
        code: 2,
        stdout: expect.stringContaining('cannot be followed: '),
      });
      expect(await run('sts')).toMatchObject({ code: 2, stderr: expect.stringContaining('Forbidden') });
    },
    TIMEOUT,
  );
});
