/** The probe at work on a real kubelet: what restarts a container and what does not, as a script and as a binary. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import type { TestNamespace } from '../cluster/shared.ts';
import { apply, askKubectl, kubectl, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { readPods, SETUP_TIMEOUT, useProbeCluster } from '../support/probe-cluster.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
let namespace: TestNamespace;
beforeAll(async () => {
  cluster = await useProbeCluster();
  namespace = await useNamespace(cluster);
  // Once, and not with each manifest: of two that apply the same new object at the same time one fails.
  for (const form of ['script', 'binary --arch=amd64']) {
    const { stdout } = await runCommand(`probe manifest --form=${form}`);
    await apply(cluster, namespace.name, stdout);
  }
}, SETUP_TIMEOUT);
afterAll(async () => namespace[Symbol.asyncDispose]());

const TIMEOUT = 300_000;
const PATIENCE = 200_000;

const ask = (...args: string[]): Promise<string> => askKubectl(cluster, ['-n', namespace.name, ...args]);

const command = (line: string) => runCommand(line, { kubeconfig: cluster.kubeconfig });

/** The least that a cluster with strict rules asks of a pod, and a little more. */
const HARDENED = {
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65534,
    runAsGroup: 65534,
    fsGroup: 2000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};
const LOCKED = {
  securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

const IMAGES = {
  busybox: { image: 'local/busybox:1', command: ['sleep', '2147483647'] },
  bare: { image: 'local/bare:1', command: ['/busybox', 'sleep', '2147483647'] },
};
/** The script needs a shell; the binary needs nothing. */
const VARIANTS = [
  ['script', 'busybox'],
  ['binary', 'busybox'],
  ['binary', 'bare'],
] as const;
/** Those of them that have the least in common. */
const OUTERMOST = VARIANTS.filter(([form, image]) => form === 'script' || image === 'bare');
type Image = keyof typeof IMAGES;

function makeDeployment(
  name: string,
  image: Image,
  container: object,
  more: object = {},
  annotations: object = {},
): object {
  const podSpec = makePodSpec({ ...IMAGES[image], ...LOCKED, ...container }, { ...HARDENED, ...more });
  const manifest = makeWorkloadManifest('Deployment', name, podSpec);
  return JSON.parse(JSON.stringify(manifest), (key, value) =>
    key === 'template' ? { ...value, metadata: { ...value.metadata, annotations } } : value,
  );
}

const volume = (configMap: string, ...keys: string[]) => ({
  volumes: [
    {
      name: 'config',
      configMap: { name: configMap, ...(keys.length > 0 && { items: keys.map((key) => ({ key, path: key })) }) },
    },
  ],
});
const mounted = (more: object = {}) => ({ volumeMounts: [{ name: 'config', mountPath: '/etc/app', ...more }] });
const variable = { env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL' } } }] };

/** The kubelet counts a check that takes too long as failed, and the machine of a test may be a busy one. */
const UNHURRIED = '--timeout=60';

/** Applies deployments with the probe put into their manifests, as a pipeline would. */
async function deploy(manifests: object[], flags: string): Promise<void> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
  const { code, stdout, stderr } = await runCommand(
    `probe inject -f - -o yaml --no-config-map --arch=amd64 --period=3 ${flags} ${UNHURRIED}`,
    {
      stdin,
    },
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  await apply(cluster, namespace.name, stdout);
}

interface Container {
  name: string;
  pod: string;
  restarts: number;
  ready: boolean;
  said: string;
  /** How it ended last; for those who read a failure of a test. */
  ended: unknown;
}

/** Each deployment of this name's beginning has one pod with one container. */
async function readContainers(): Promise<Map<string, Container>> {
  const items = await readPods(cluster, namespace.name);
  return new Map(
    items
      .filter((pod: { metadata: { deletionTimestamp?: string } }) => pod.metadata.deletionTimestamp === undefined)
      .map(({ metadata, status }: ReturnType<typeof JSON.parse>): [string, Container] => {
        const told = status.containerStatuses?.[0];
        const container = {
          name: metadata.labels.app,
          pod: metadata.name,
          restarts: told?.restartCount ?? 0,
          ready: told?.ready === true,
          said: told?.lastState?.terminated?.message ?? '',
          ended: told?.lastState,
        };
        return [container.name, container];
      }),
  );
}

async function readContainer(name: string): Promise<Container> {
  const found = (await readContainers()).get(name);
  if (found === undefined) throw new Error(`no pod of ${name}`);
  return found;
}

/** What the probes see, by deployment. */
async function verify(names: readonly string[]): Promise<Record<string, string>> {
  const { stdout } = await command(
    `probe verify ${names.map((name) => `deploy/${name}`).join(' ')} -n ${namespace.name} -o json`,
  );
  const report: { items: { workload: { name: string }; verdict: string; hasBaseline: boolean; message: string }[] } =
    JSON.parse(stdout);
  return Object.fromEntries(
    report.items.map(({ workload: { name }, verdict, hasBaseline, message }) => {
      // A subPath is compared with a file, and needs no record.
      if (verdict === 'current' && (hasBaseline || name.startsWith('subpath'))) return [name, verdict];
      return [name, verdict === 'held' ? verdict : `${verdict}: ${message}`];
    }),
  );
}

/** Waits until the probes of these deployments have run and see nothing to do. */
async function waitUntilCurrent(names: readonly string[], restarts: number): Promise<void> {
  await waitFor(
    async () => {
      const containers = await readContainers();
      const waiting = names.filter((name) => {
        const { ready, restarts: found } = containers.get(name) ?? { ready: false, restarts: -1 };
        return !ready || found !== restarts;
      });
      const verdicts = waiting.length > 0 ? {} : await verify(names);
      const odd = waiting.length > 0 ? waiting : names.filter((name) => verdicts[name] !== 'current');
      if (odd.length > 0)
        throw new Error(odd.map((name) => `${name}: ${containers.get(name)?.restarts} ${verdicts[name]}`).join(', '));
      return true;
    },
    PATIENCE,
    'the probes to be quiet',
    1000,
  );
}

/** A program in the container, by the busybox that both images have. */
async function run(name: string, image: Image, ...words: string[]): Promise<string> {
  const { pod } = await readContainer(name);
  return ask('exec', pod, '--', ...(image === 'bare' ? ['/busybox', ...words] : words));
}

describe('a probe on a real node', () => {
  test.concurrent(
    'restarts a container once for a change of its volume, its variable and its subPath, with the reason, and is quiet again',
    async () => {
      const { name } = namespace;
      await apply(cluster, name, [makeConfigMap('web', { LEVEL: 'info', 'app.conf': 'a=1', unused: '1' })]);
      const wanted: { name: string; image: Image; reason: string; look: string[]; sees: string }[] = [];
      for (const form of ['script', 'binary'] as const) {
        const manifests: object[] = [];
        for (const [, image] of VARIANTS.filter(([one]) => one === form)) {
          const add = (kind: string, container: object, more: object, reason: string, look: string[], sees: string) => {
            manifests.push(makeDeployment(`${kind}-${form}-${image}`, image, container, more));
            wanted.push({ name: `${kind}-${form}-${image}`, image, reason, look, sees });
          };
          add(
            'volume',
            mounted(),
            volume('web'),
            '/etc/app was updated (LEVEL, app.conf)',
            ['cat', '/etc/app/app.conf'],
            'a=2',
          );
          add('env', variable, {}, 'LEVEL in the environment is old', ['env'], 'LEVEL=debug');
          const file = { mountPath: '/etc/app.conf', subPath: 'app.conf' };
          add(
            'subpath',
            mounted(file),
            volume('web'),
            '/etc/app.conf is an old subPath copy',
            ['cat', '/etc/app.conf'],
            'a=2',
          );
        }
        if (form === 'binary') {
          const livenessProbe = { httpGet: { port: 8080, path: '/app.conf' }, timeoutSeconds: 30 };
          const httpd = { command: ['httpd', '-f', '-p', '8080', '-h', '/etc/app'], livenessProbe };
          manifests.push(makeDeployment('http', 'busybox', { ...mounted(), ...httpd }, volume('web')));
          wanted.push({
            name: 'http',
            image: 'busybox',
            reason: '/etc/app was updated (LEVEL, app.conf)',
            look: ['wget', '-q', '-O', '-', 'http://127.0.0.1:8080/app.conf'],
            sees: 'a=2',
          });
        }
        await deploy(manifests, `--form=${form} --http`.replace(form === 'script' ? ' --http' : 'none', ''));
      }
      const names = wanted.map((one) => one.name);
      await waitUntilCurrent(names, 0);

      await ask('patch', 'configmap', 'web', '-p', '{"data":{"LEVEL":"debug","app.conf":"a=2"}}');
      await waitUntilCurrent(names, 1);

      const containers = await readContainers();
      const events = await ask(
        'get',
        'events',
        '-o',
        'jsonpath={range .items[*]}{.involvedObject.name} {.message}{"\\n"}{end}',
      );
      for (const { name: deployment, image, reason, look, sees } of wanted) {
        const container = containers.get(deployment);
        const line = container?.said.split('\n').find((one) => one.startsWith('config changed:'));
        // What else ended a container stands there.
        const told = events.split('\n').filter((event) => event.startsWith(`${container?.pod} `));
        expect({ deployment, line: line ?? { ended: container?.ended, told } }).toEqual({
          deployment,
          line: `config changed: ${reason}`,
        });
        expect(events).toContain(`${container?.pod} Liveness probe failed: config changed: ${reason}`);
        expect((await run(deployment, image, ...look)).split('\n')).toContain(sees);
      }
      const { stderr } = await command(`status -n ${name}`);
      expect(stderr).toMatch(
        /^deployment\/\S+ app restarted \d+\w* ago because (LEVEL|app\.conf|LEVEL, app\.conf|\/etc\/app\.conf) changed$/m,
      );
      const { stdout } = await command(`status deploy/env-binary-bare -n ${name} --all -o json`);
      expect(JSON.parse(stdout).items[0].pods[0].probeRestart.reason).toBe('LEVEL in the environment is old');
    },
    TIMEOUT,
  );

  test.concurrent(
    'restarts nobody for what is not watched, for what was taken back, for what is gone, and for a swap that brings nothing new',
    async () => {
      const { name } = namespace;
      await apply(cluster, name, [
        makeConfigMap('quiet', { LEVEL: 'info', 'app.conf': 'a=1', unused: '1' }),
        makeConfigMap('back', { 'app.conf': 'a=1' }),
        makeConfigMap('gone', { 'app.conf': 'a=1', other: 'b' }),
      ]);
      const names: string[] = [];
      const backs: string[] = [];
      for (const form of ['script', 'binary'] as const) {
        const manifests: object[] = [];
        const held: object[] = [];
        for (const [, image] of OUTERMOST.filter(([one]) => one === form)) {
          const add = (kind: string, container: object, more: object, annotations: object = {}) => {
            names.push(`${kind}-${form}-${image}`);
            return makeDeployment(`${kind}-${form}-${image}`, image, container, more, annotations);
          };
          const env = [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'quiet', key: 'LEVEL' } } }];
          // All but LEVEL and app.conf of this config is nothing to it; a change of its own annotations swaps the volume.
          const sources = [
            { configMap: { name: 'quiet', items: [{ key: 'app.conf', path: 'app.conf' }] } },
            { downwardAPI: { items: [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }] } },
          ];
          const projected = {
            volumes: [
              { name: 'config', projected: { sources } },
              { name: 'all', configMap: { name: 'quiet' } },
            ],
          };
          const volumeMounts = [
            { name: 'config', mountPath: '/etc/app' },
            { name: 'all', mountPath: '/etc/app.conf', subPath: 'app.conf' },
          ];
          manifests.push(add('quiet', { env, volumeMounts }, projected));
          manifests.push(add('gone', mounted(), volume('gone')));
          backs.push(`back-${form}-${image}`);
          held.push(add('back', mounted(), volume('back')));
        }
        await deploy(manifests, `--form=${form}`);
        await deploy(held, `--form=${form} --spread=86400`);
      }
      await waitUntilCurrent(names, 0);

      await ask(
        'patch',
        'configmap',
        'quiet',
        '-p',
        '{"metadata":{"labels":{"a":"b"}},"data":{"unused":"2","added":"1"}}',
      );
      await ask('patch', 'configmap', 'gone', '--type=json', '-p', '[{"op":"remove","path":"/data/app.conf"}]');
      await ask('patch', 'configmap', 'back', '-p', '{"data":{"app.conf":"a=2"}}');
      const pods = await readContainers();
      await Promise.all(
        names
          .filter((one) => one.startsWith('quiet'))
          .map((one) => ask('annotate', 'pod', pods.get(one)?.pod ?? '', 'example.com/touched=yes')),
      );
      const files = { quiet: ['grep', '-c', 'touched', '/etc/app/annotations'], gone: ['ls', '/etc/app'] };
      for (const [form, image] of OUTERMOST) {
        const seen = (kind: 'quiet' | 'gone', text: string) =>
          waitFor(
            async () => (await run(`${kind}-${form}-${image}`, image, ...files[kind])).trim() === text,
            PATIENCE,
            'the swap',
            500,
          );
        await seen('quiet', '1');
        await seen('gone', 'other');
      }
      await waitFor(
        async () => {
          const verdicts = await verify(backs);
          return backs.every((one) => verdicts[one] === 'held');
        },
        PATIENCE,
        'the change to be held back',
        1000,
      );
      await ask('patch', 'configmap', 'back', '-p', '{"data":{"app.conf":"a=1"}}');
      await waitUntilCurrent(names, 0);
    },
    TIMEOUT,
  );

  test.concurrent(
    'keeps a container running while the test of its own refuses the new files, and restarts it once they are right',
    async () => {
      await apply(cluster, namespace.name, [makeConfigMap('checked', { 'app.conf': 'good 1' })]);
      const deployment = makeDeployment('checked', 'busybox', mounted(), volume('checked'));
      const stdin = JSON.stringify(deployment);
      const { stdout } = await runCommand(
        [
          'probe',
          'inject',
          '-f',
          '-',
          '--no-config-map',
          '--arch=amd64',
          '--period=2',
          UNHURRIED,
          '--check',
          'grep -q good /etc/app/app.conf',
        ],
        { stdin },
      );
      await apply(cluster, namespace.name, stdout);
      await waitUntilCurrent(['checked'], 0);
      const { pod } = await readContainer('checked');
      const probe: string[] = JSON.parse(
        await ask('get', 'pod', pod, '-o', 'jsonpath={.spec.containers[0].livenessProbe.exec.command}'),
      );
      await ask('patch', 'configmap', 'checked', '-p', '{"data":{"app.conf":"bad"}}');
      const said = await waitFor(
        async () => {
          const { stdout: text } = await kubectl(cluster, ['-n', namespace.name, 'exec', pod, '--', ...probe]);
          return text.includes('config changed') && text;
        },
        PATIENCE,
        'the change to be seen',
        500,
      );
      expect(said).toBe('config changed, kept running because --check failed: /etc/app was updated (app.conf)\n');
      expect((await readContainer('checked')).restarts).toBe(0);
      await ask('patch', 'configmap', 'checked', '-p', '{"data":{"app.conf":"good 2"}}');
      await waitUntilCurrent(['checked'], 1);
    },
    TIMEOUT,
  );
});
