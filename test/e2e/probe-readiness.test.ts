/** The probe as a readiness check, on a real kubelet: a rollout waits until its pods have the content that they need. */
import { beforeAll, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useNamespace, waitFor } from '../cluster/shared.ts';
import { hashOf } from '../probe/play.ts';
import { makeConfigMap, makeWorkloadManifest } from '../support/manifests.ts';
import { makeMountingPodSpec, readPods, SETUP_TIMEOUT, useProbeCluster } from '../support/probe-cluster.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useProbeCluster();
}, SETUP_TIMEOUT);

const TIMEOUT = 300_000;
const PATIENCE = 120_000;
const OLD = { 'app.conf': 'a=1', LEVEL: 'info' };
const NEW = { 'app.conf': 'a=2', LEVEL: 'debug' };

interface Seen {
  pod: string;
  isGated: boolean;
  ready: boolean;
  restarts: number;
}

async function seePods(namespace: string, app: string): Promise<Seen[]> {
  const pods = await readPods(cluster, namespace, app);
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata, spec, status }): Seen => {
      const told = status.containerStatuses?.[0];
      return {
        pod: metadata.name,
        isGated: spec.containers[0].readinessProbe !== undefined,
        ready: told?.ready === true,
        restarts: told?.restartCount ?? 0,
      };
    });
}

test.concurrent.each(['script', 'binary'])(
  'a rollout with --readiness --expect (%s) keeps the old pod in service until the new one has the content, and restarts nothing',
  async (form) => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const podSpec = makeMountingPodSpec();
    const manifest = makeWorkloadManifest('Deployment', 'web', podSpec);
    await apply(cluster, name, [makeConfigMap('web', OLD), manifest]);
    await askKubectl(cluster, ['-n', name, 'rollout', 'status', 'deployment/web', '--timeout=120s']);
    const before = await seePods(name, 'web');
    expect(before).toMatchObject([{ isGated: false, ready: true }]);

    const running = runCommand(
      `probe inject deploy/web -n ${name} --form=${form} --readiness --expect ${hashOf(NEW)} --period=1 --timeout=60 --soak=1s --grace=1h`,
      { kubeconfig: cluster.kubeconfig },
    );
    const gated = await waitFor(
      async () => {
        const found = (await seePods(name, 'web')).find(({ isGated }) => isGated);
        if (found === undefined) return false;
        const said = await askKubectl(cluster, [
          '-n',
          name,
          'get',
          'events',
          `--field-selector=reason=Unhealthy,involvedObject.name=${found.pod}`,
          '-o',
          'jsonpath={.items[*].message}',
        ]);
        return said.includes('Readiness probe failed: config not there yet: ') && found;
      },
      PATIENCE,
      'the new pod to say what it waits for',
      500,
    );
    expect(gated).toMatchObject({ ready: false, restarts: 0 });
    expect((await seePods(name, 'web')).filter(({ isGated }) => !isGated)).toEqual(before);
    const waiting = await runCommand(`probe verify deploy/web -n ${name} -o json`, { kubeconfig: cluster.kubeconfig });
    expect(waiting.code).toBe(1);
    expect(JSON.parse(waiting.stdout).items).toMatchObject([
      { pod: gated.pod, verdict: 'unready', message: 'config not there yet: /etc/app has other content than expected' },
    ]);

    await apply(cluster, name, [makeConfigMap('web', NEW)]);
    const { code, stdout, stderr } = await running;
    expect(stderr).toContain(
      'warning: a container that has other content than expected gets no traffic, and nothing restarts it\n',
    );
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^deployment\.apps\/web complete in /m);
    await waitFor(async () => (await seePods(name, 'web')).length === 1, PATIENCE, 'the old pod to go');
    expect(await seePods(name, 'web')).toEqual([{ ...gated, ready: true }]);
    // The way to the hash that the README shows.
    const byHand = await askKubectl(cluster, [
      ...['-n', name, 'exec', gated.pod, '--', 'sh', '-c'],
      'cd /etc/app && LC_ALL=C sha256sum -- * | sha256sum',
    ]);
    expect(byHand).toStartWith(`${hashOf(NEW)} `);
    const done = await runCommand(`probe verify deploy/web -n ${name}`, { kubeconfig: cluster.kubeconfig });
    expect(done.code).toBe(0);
  },
  TIMEOUT,
);
