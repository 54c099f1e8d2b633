/** Ephemeral containers for images that have nothing to look with, on a real node. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiffItem, StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { startForgetfulProxy } from '../support/forgetful-proxy.ts';
import { makeConfigMap, makeContainer, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import type { CommandSetting } from '../support/run-command.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const run = (...args: string[]): Promise<string> => askKubectl(cluster, args);

/** Passes the restricted Pod Security Standard; the image does not say this user, nor this group. */
const RESTRICTED = {
  runAsUser: 65534,
  runAsGroup: 65533,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const SLEEP = ['/app/busybox', 'sleep', '2147483647'];

const PREPARE = `cp /bin/busybox /app/busybox
mkdir /app/real; ln -s /app/real /app/link
echo nobody:x:65534:65534::/: > /app/passwd`;

/** A pod in whose container no program is found by its name. */
function makeBarePodSpec(securityContext: object, container: object = {}, overrides: object = {}): object {
  const app = { name: 'app', mountPath: '/app' };
  return {
    ...makePodSpec({
      command: SLEEP,
      securityContext,
      env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'LEVEL' } } }],
      volumeMounts: [
        app,
        { ...app, mountPath: '/etc/passwd', subPath: 'passwd' },
        { name: 'none', mountPath: '/bin' },
        { name: 'settings', mountPath: '/etc/settings' },
        // On the way to it is a link of the image that begins with a slash.
        { name: 'settings', mountPath: '/app/link/level', subPath: 'LEVEL' },
      ],
      ...container,
    }),
    initContainers: [
      makeContainer({
        name: 'init',
        securityContext,
        command: ['sh', '-c', PREPARE],
        volumeMounts: [app],
      }),
    ],
    volumes: [
      { name: 'app', emptyDir: {} },
      { name: 'none', emptyDir: {} },
      { name: 'settings', configMap: { name: 'settings' } },
    ],
    ...overrides,
  };
}

const SETTINGS = makeConfigMap('settings', { LEVEL: 'info', SAME: 'x' });

async function deploy(namespace: string, manifests: object[], workloads: string[]): Promise<void> {
  await apply(cluster, namespace, manifests);
  for (const workload of workloads) await run('rollout', 'status', workload, '-n', namespace, '--timeout=120s');
  // Times are whole seconds: an edit within the same ones as a start may have come before it.
  await sleep(4000);
}

const edit = (namespace: string) =>
  run('patch', 'configmap/settings', '-n', namespace, '-p', '{"data":{"LEVEL":"debug"}}');

const status = (namespace: string, flags: string, setting: CommandSetting = {}) =>
  runCommand(`status -n ${namespace} --deep ${flags}`, { kubeconfig: cluster.kubeconfig, ...setting });

const IMAGE = '--ephemeral local/busybox:1';

interface Ephemeral {
  name: string;
  targetContainerName: string;
}

async function readEphemeral(namespace: string): Promise<Ephemeral[]> {
  const { items } = JSON.parse(await run('get', 'pods', '-n', namespace, '-o', 'json'));
  return items.flatMap(({ spec }: { spec: { ephemeralContainers?: Ephemeral[] } }) => spec.ephemeralContainers ?? []);
}

const show = (items: StatusItem[]) => items.map(({ at, state, evidence }) => `${at} ${state} ${evidence}`);

/** The reasons why nothing was seen of variable LEVEL, by workload. */
async function readReasons(namespace: string, flags: string, setting: CommandSetting = {}) {
  const { code, stdout, stderr } = await status(namespace, `-o json ${flags}`, setting);
  expect(code).toBe(0);
  const items: StatusItem[] = JSON.parse(stdout).items;
  const reasons = items
    .filter(({ at }) => at === 'LEVEL')
    .map(({ workload, evidence, reason }) => [workload.name, evidence === 'exec' ? 'exec' : reason]);
  return { stderr, reasons: Object.fromEntries(reasons) };
}

describe('a container whose image has nothing to look with', () => {
  test('is looked into from an ephemeral container that may be added to hardened pods, once agreed to', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await run('label', 'namespace', name, 'pod-security.kubernetes.io/enforce=restricted');
    await deploy(
      name,
      [SETTINGS, makeWorkloadManifest('Deployment', 'web', makeBarePodSpec(RESTRICTED), { replicas: 2 })],
      ['deployment/web'],
    );
    await edit(name);

    // Nobody to ask, and a question that is answered with no: nothing is added.
    for (const line of [`status -n ${name} --deep ${IMAGE}`, `diff -n ${name} ${IMAGE}`]) {
      expect(await runCommand(line, { kubeconfig: cluster.kubeconfig })).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'error: an ephemeral container stays in its pod, and there is no terminal to ask on\n  Say --yes to go on without the question.\n',
      });
    }
    const no = await status(name, `${IMAGE} -o json`, { tty: true, stdin: 'n\n' });
    expect(no.code).toBe(0);
    expect(no.stderr).toMatch(
      /^1 container of 1 pod can only be looked into from an ephemeral container: web-[-\w]+\nIt runs local\/busybox:1 for a moment, and stays in the spec of this pod until it goes\.\nAdd 1 ephemeral container\? \(y\/N\) $/,
    );
    expect(no.stdout).toContain('could not be looked into: the image has no sh, cat or env to look with');
    expect(await readEphemeral(name)).toEqual([]);

    const yes = await status(name, `${IMAGE} --all-pods -o json`, { tty: true, stdin: 'y\n' });
    expect(yes.stderr).toMatch(
      /^2 containers of 2 pods can only [^\n]*: web-[-\w]+ and web-[-\w]+\n[^\n]*these pods until they go\.\nAdd 2 ephemeral containers\? \(y\/N\) $/,
    );
    const items: StatusItem[] = JSON.parse(yes.stdout).items;
    expect(show(items)).toEqual([
      '/app/link/level stale exec',
      expect.stringMatching(/^\/etc\/settings (pending|refreshed) exec$/),
      'LEVEL stale exec',
    ]);
    expect(items.flatMap(({ pods }) => pods.map(({ evidence }) => evidence))).toEqual(Array(6).fill('exec'));
    const added = await readEphemeral(name);
    expect(added.map(({ targetContainerName }) => targetContainerName)).toEqual(['app', 'app']);
    // They end by themselves, long before the time that they would last.
    const states = () =>
      run(
        ...['get', 'pods', '-n', name, '-o'],
        'jsonpath={range .items[*].status.ephemeralContainerStatuses[*]}{.state.terminated.reason} {end}',
      );
    await waitFor(async () => (await states()) === 'Completed Completed ', 60_000, 'the end of both');

    // What the API has forgotten, a second look tells: by containers of other names, as those before cannot be started again.
    await using proxy = await startForgetfulProxy(cluster);
    const line = `diff -s ${proxy.url} -n ${name} ${IMAGE} -y -o json`;
    const { code, stdout, stderr } = await runCommand(line);
    expect(code).toBe(1);
    // Of the files that follow, nobody knows what the process has read.
    expect(stderr).toMatch(/^(cannot tell: [^\n]* the mounted files are newer than the process[^\n]*\n)?$/);
    const differences: DiffItem[] = JSON.parse(stdout).items;
    const item = differences.find(({ from }) => from.evidence === 'exec');
    expect(item?.keys).toMatchObject([{ key: 'LEVEL', change: 'changed', diff: '@@ -1 +1 @@\n-info\n+debug' }]);
    expect(item?.workloads[0]?.pods).toHaveLength(2);
    expect(new Set((await readEphemeral(name)).map((one) => one.name)).size).toBe(4);
  }, 240_000);

  test('is told what an ephemeral container failed for', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const root = {};
    // Started as root, it becomes another user, whom root may not look into without a right of its own.
    const changes = [
      '/app/busybox',
      'start-stop-daemon',
      '-S',
      '-c',
      '65534:65534',
      '-n',
      'none',
      '-a',
      '/app/busybox',
      '--',
    ];
    const shared = makeBarePodSpec(root, {}, { shareProcessNamespace: true });
    await deploy(
      name,
      [
        SETTINGS,
        makeWorkloadManifest(
          'Deployment',
          'changed',
          makeBarePodSpec(root, { command: [...changes, ...SLEEP.slice(1)] }),
        ),
        makeWorkloadManifest('Deployment', 'hard', makeBarePodSpec(RESTRICTED)),
        makeWorkloadManifest('Deployment', 'root', makeBarePodSpec(root)),
        makeWorkloadManifest('Deployment', 'shared', shared),
        ...grantReading('reader'),
      ],
      ['deployment/changed', 'deployment/hard', 'deployment/root', 'deployment/shared'],
    );
    await edit(name);
    const failed = (why: string | RegExp) =>
      typeof why === 'string'
        ? expect.stringContaining(`could not be looked into: the ephemeral container failed: ${why}`)
        : expect.stringMatching(why);

    const seen = await readReasons(name, `${IMAGE} --yes`);
    expect(seen.reasons).toEqual({
      changed: failed('permission denied: the ephemeral container may not look into processes of user 65534'),
      hard: 'exec',
      root: 'exec',
      shared: failed('the containers of its pod share their processes'),
    });
    expect(seen.stderr.split('\n').map((line) => line.slice(0, 80))).toHaveLength(3);
    expect(seen.stderr).toContain(
      'warning: not all containers could be looked into: the ephemeral container failed: permission denied',
    );

    const unpulled = await readReasons(name, '--ephemeral localhost:1/none:1 --yes deployment/hard');
    expect(unpulled.reasons.hard).toMatch(
      /the ephemeral container failed: .*ImagePull(BackOff)?: .*localhost:1\/none:1/,
    );

    const forbidden = await readReasons(name, `${IMAGE} --yes --as reader`);
    expect(forbidden.reasons.hard).toContain('User "reader" cannot patch resource "pods/ephemeralcontainers"');
    expect(forbidden.stderr.match(/cannot patch resource/g)).toHaveLength(1);

    await run('label', 'namespace', name, 'pod-security.kubernetes.io/enforce=restricted');
    const rejected = await readReasons(name, `${IMAGE} --yes deployment/root deployment/hard`);
    expect(rejected.reasons).toEqual({
      hard: 'exec',
      root: failed(/failed: .*violates PodSecurity "restricted:latest"/),
    });
  }, 300_000);

  test('takes a flag for it that makes sense', async () => {
    const { kubeconfig } = cluster;
    for (const [line, message] of [
      [
        'status --ephemeral local/busybox:1 --yes',
        'error: --ephemeral says how to look into containers\n  Say --deep too.\n',
      ],
      ['status --deep --yes --ephemeral=', 'error: --ephemeral takes the name of an image that has sh, cat and stat\n'],
      [
        'diff -f x.yaml --ephemeral local/busybox:1 --yes',
        'error: --ephemeral cannot be used with -f or -k\n  Without manifests, containers are looked into.\n',
      ],
    ] as const) {
      expect(await runCommand(line, { kubeconfig })).toEqual({ code: 2, stdout: '', stderr: message });
    }
  });
});

/** May look into containers, and may not change pods. */
function grantReading(name: string): object[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const resources = ['pods', 'configmaps', 'secrets', 'serviceaccounts', 'replicationcontrollers'];
  const rules = [
    { apiGroups: [''], resources, verbs: ['list'] },
    { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs: ['list'] },
    { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: ['list'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
  ];
  return [
    { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata: { name }, rules },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'Role', name },
      subjects: [{ kind: 'User', name }],
    },
  ];
}
