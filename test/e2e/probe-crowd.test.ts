/** Several probes in one pod, where little is as usual, on a real kubelet. */
import { beforeAll, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makeContainer, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { readPods, SETUP_TIMEOUT, useProbeCluster } from '../support/probe-cluster.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useProbeCluster();
}, SETUP_TIMEOUT);

const TIMEOUT = 300_000;
const PATIENCE = 120_000;

interface Seen {
  name: string;
  restarts: number;
  running: boolean;
  said: string;
}

async function readContainers(namespace: string): Promise<Seen[]> {
  const [pod] = await readPods(cluster, namespace, 'crowd');
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {};
  return [...initContainerStatuses, ...containerStatuses].map(
    (told: ReturnType<typeof JSON.parse>): Seen => ({
      name: told.name,
      restarts: told.restartCount,
      running: told.state.running !== undefined,
      said: told.lastState?.terminated?.message ?? '',
    }),
  );
}

test(
  'a sidecar and three containers of a pod restart once each for what they have of a change, also without a place for records',
  async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const mounted = { volumeMounts: [{ name: 'config', mountPath: '/etc/app' }] };
    const env = [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL' } } }];
    const withoutRecords = [...mounted.volumeMounts, { name: 'shm', mountPath: '/dev/shm', readOnly: true }];
    const podSpec = makePodSpec(
      {},
      {
        hostPID: true,
        volumes: [
          { name: 'config', configMap: { name: 'web', items: [{ key: 'app.conf', path: 'app.conf' }] } },
          { name: 'shm', emptyDir: {} },
        ],
        initContainers: [makeContainer({ name: 'proxy', restartPolicy: 'Always', ...mounted })],
        containers: [
          makeContainer(mounted),
          makeContainer({ name: 'level', env }),
          makeContainer({ name: 'bare', env, volumeMounts: withoutRecords }),
        ],
      },
    );
    const crowd = makeWorkloadManifest('Deployment', 'crowd', podSpec);
    const crash = makeWorkloadManifest('Deployment', 'crash', makePodSpec({ command: ['false'], env }));
    const { code, stdout } = await runCommand(
      'probe inject -f - -o yaml --arch=amd64 --period=2 --timeout=60 --spread=0',
      {
        stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [crowd, crash] }),
      },
    );
    expect(code).toBe(0);
    await apply(cluster, name, [makeConfigMap('web', { LEVEL: 'info', 'app.conf': 'a=1' })]);
    await apply(cluster, name, stdout);
    const verify = async (target: string) => {
      const { stdout: text } = await runCommand(`probe verify ${target} -n ${name} -o json`, {
        kubeconfig: cluster.kubeconfig,
      });
      const { items }: { items: { container: string; verdict: string; hasBaseline: boolean; message: string }[] } =
        JSON.parse(text);
      return items;
    };
    const waitUntilCurrent = (restarts: number) =>
      waitFor(
        async () => {
          const seen = await readContainers(name);
          if (seen.length !== 4 || seen.some((one) => !one.running || one.restarts !== restarts)) return false;
          const sights = await verify('deploy/crowd');
          return (
            sights.every(
              ({ container, verdict, hasBaseline }) => verdict === 'current' && hasBaseline === (container !== 'bare'),
            ) && sights.map(({ container }) => container)
          );
        },
        PATIENCE,
        'the probes to be quiet',
        500,
      );
    expect(await waitUntilCurrent(0)).toEqual(['proxy', 'app', 'level', 'bare']);
    const told = await runCommand(`probe verify deploy/crowd -n ${name}`, { kubeconfig: cluster.kubeconfig });
    expect(told.stdout.match(/what was there then is not recorded: .*$/gm)).toEqual([
      'what was there then is not recorded: the probe has not run yet, or cannot write to /dev/shm',
    ]);

    await askKubectl(cluster, [
      '-n',
      name,
      'patch',
      'configmap',
      'web',
      '-p',
      '{"data":{"LEVEL":"debug","app.conf":"a=2"}}',
    ]);
    await waitUntilCurrent(1);
    const said = Object.fromEntries((await readContainers(name)).map((one) => [one.name, one.said.trim()]));
    expect(said).toEqual({
      proxy: 'config changed: /etc/app was updated (app.conf)',
      app: 'config changed: /etc/app was updated (app.conf)',
      level: 'config changed: LEVEL in the environment is old',
      // Its two volumes need not have changed at the same moment.
      bare: expect.stringMatching(/^config changed: (\/etc\/app was updated|LEVEL in the environment is old)/),
    });

    await waitFor(
      async () => (await verify('deploy/crash'))[0]?.message === 'the container does not run: CrashLoopBackOff',
      PATIENCE,
      'the other container to be given up',
      500,
    );
  },
  TIMEOUT,
);
