/** Of Secrets `status` and `deps` see everything but the values: a proxy before the API server keeps all that passes. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, callAdmin, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import type { Exchange } from '../support/recording-cluster.ts';
import { startRecordingCluster } from '../support/recording-cluster.ts';
import { runCommand } from '../support/run-command.ts';
import { startCommand } from '../support/start-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

/** Times are whole seconds: a config that is written in the second in which a container starts may be newer or older. */
const PAST_THE_SECOND = 2000;
const PAST_THE_MARGIN = 4000;
const VALUES = ['the-value-that-was-applied', 'the-value-that-was-created', 'the-value-of-a-pull-secret'] as const;

const run = (...args: string[]): Promise<string> => askKubectl(cluster, args);

const secret = (name: string, stringData: Record<string, string>, type = 'Opaque') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type,
  stringData,
});

/** Workloads that use Secrets in every way, and a ConfigMap. */
async function deploy(namespace: string): Promise<void> {
  const [applied, created, pull] = VALUES;
  const auths = JSON.stringify({ auths: { 'images.example.com': { password: pull } } });
  await apply(cluster, namespace, [secret('applied', { PASSWORD: applied }), makeConfigMap('web', { LEVEL: 'info' })]);
  for (const one of [
    secret('created', { TOKEN: created, 'db.conf': created }),
    secret('pull', { '.dockerconfigjson': auths }, 'kubernetes.io/dockerconfigjson'),
  ]) {
    const { status, text } = await callAdmin(cluster, 'POST', `/api/v1/namespaces/${namespace}/secrets`, one);
    if (status !== 201) throw new Error(text);
  }
  await sleep(PAST_THE_SECOND);
  const volumes = [
    { name: 'files', secret: { secretName: 'created' } },
    { name: 'all', projected: { sources: [{ secret: { name: 'created' } }, { configMap: { name: 'web' } }] } },
  ];
  const uses = {
    env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'created', key: 'TOKEN' } } }],
    envFrom: [{ secretRef: { name: 'applied' }, prefix: 'DB_' }, { configMapRef: { name: 'web' } }],
    volumeMounts: [
      { name: 'files', mountPath: '/etc/files' },
      { name: 'files', mountPath: '/etc/db.conf', subPath: 'db.conf' },
      { name: 'all', mountPath: '/etc/all' },
    ],
  };
  const podSpec = makePodSpec(uses, { volumes, imagePullSecrets: [{ name: 'pull' }] });
  await apply(cluster, namespace, [makeWorkloadManifest('Deployment', 'web', podSpec)]);
  await run('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=120s');
  await sleep(PAST_THE_MARGIN);
}

/** The kinds of answers that hold no value, by what was asked for. */
const METADATA =
  /^application\/json;as=(Table|PartialObjectMetadata(List)?);v=v1;g=meta\.k8s\.io(,application\/json;as=PartialObjectMetadata(List)?;v=v1;g=meta\.k8s\.io)?$/;

const touchesSecrets = ({ path }: Exchange) => path.split('/').includes('secrets');
/** A value in clear, and encoded from each of the three places in a group of bytes where it may begin. */
const spellings = VALUES.flatMap((value) => [
  value,
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${' '.repeat(shift)}${value}`)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  ),
]);
const listLeaks = (text: string) => spellings.filter((spelling) => text.includes(spelling));

/** The text without what a client-side apply leaves in the metadata of its objects. */
function dropLastApplied(text: string): string {
  return text.replace(/"kubectl\.kubernetes\.io\/last-applied-configuration": ?"(?:[^"\\]|\\.)*"/g, '""');
}

describe('no value of a Secret is asked for', () => {
  test('by status and deps, in one namespace and in all, nor by a status that goes on', async () => {
    await using namespace = await useNamespace(cluster);
    await using proxy = await startRecordingCluster(cluster);
    const { name } = namespace;
    await deploy(name);
    const place = `-s ${proxy.url}`;
    const { kubeconfig } = cluster;
    await run('patch', 'secret', 'created', '-n', name, '-p', `{"stringData":{"TOKEN":"${VALUES[1]}-2"}}`);
    await run('patch', 'configmap', 'web', '-n', name, '-p', '{"data":{"LEVEL":"debug"}}');

    const printed: string[] = [];
    for (const line of [
      `status -n ${name}`,
      `status -n ${name} --all -o json`,
      `status -n ${name} --all -o yaml`,
      'status -A',
      'status -A -o wide',
      `deps -n ${name}`,
      `deps -n ${name} --by config`,
      `deps -n ${name} --by config secret/created -o json`,
      'deps -A -o json',
      `status -n ${name} secret/created -v`,
    ]) {
      const before = proxy.exchanges.length;
      const { code, stdout, stderr } = await runCommand(`${line} ${place}`, { kubeconfig });
      expect([line, code]).toEqual([line, 0]);
      expect(proxy.exchanges.slice(before).filter(touchesSecrets).length).toBeGreaterThan(0);
      printed.push(stdout, stderr);
    }
    const watch = startCommand(`status -w -n ${name} ${place}`, { kubeconfig });
    await waitFor(() => watch.stdout().includes('secret/created env TOKEN'), 60_000, 'the first state');
    await run('patch', 'secret', 'applied', '-n', name, '-p', `{"stringData":{"PASSWORD":"${VALUES[0]}-2"}}`);
    await waitFor(
      () => watch.stdout().includes('secret/applied envFrom DB_*: current -> stale'),
      60_000,
      'the change to be told',
    );
    watch.interrupt();
    expect(await watch.ended).toBe(130);
    printed.push(watch.stdout(), watch.stderr());

    const asked = proxy.exchanges.filter(touchesSecrets);
    expect(asked.length).toBeGreaterThan(10);
    for (const { method, accept, query, status } of asked) {
      expect({ method, status }).toEqual({ method: 'GET', status: 200 });
      expect(accept).toMatch(METADATA);
      if (accept.startsWith('application/json;as=Table')) expect(query.get('includeObject')).toBe('Metadata');
    }
    // What a client-side apply writes into the metadata comes with them; there is no asking for metadata without annotations.
    expect(listLeaks(asked.map(({ body }) => body()).join('')).length).toBeGreaterThan(0);
    for (const { path, body } of proxy.exchanges) expect([path, ...listLeaks(dropLastApplied(body()))]).toEqual([path]);
    expect(listLeaks(printed.join(''))).toEqual([]);
  }, 240_000);
});

describe('who may not read Secrets', () => {
  test('gets a status of everything else, and one line that says what could not be seen', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name);
    const resources = {
      '': ['pods', 'configmaps', 'serviceaccounts', 'replicationcontrollers'],
      apps: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
      batch: ['jobs', 'cronjobs'],
    };
    const rules = Object.entries(resources).map(([group, names]) => ({
      apiGroups: [group],
      resources: names,
      verbs: ['list'],
    }));
    const apiGroup = 'rbac.authorization.k8s.io';
    await apply(cluster, name, [
      { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata: { name: 'looker' }, rules },
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'looker' },
        roleRef: { apiGroup, kind: 'Role', name: 'looker' },
        subjects: [{ kind: 'User', name: 'looker' }],
      },
    ]);
    await run('patch', 'configmap', 'web', '-n', name, '-p', '{"data":{"LEVEL":"debug"}}');
    const { kubeconfig } = cluster;
    const table = await runCommand(`status -n ${name} --as looker`, { kubeconfig });
    expect(table.code).toBe(0);
    const warnings = table.stderr.split('\n').filter((line) => line.startsWith('warning:'));
    expect(warnings).toEqual([
      expect.stringMatching(/^warning: nothing is said of any Secret: Error from server \(Forbidden\): secrets is /),
    ]);
    expect(table.stdout).toMatch(/deployment\/web +app +configmap\/web +envFrom +stale +1\/1 /);

    const json = await runCommand(`status -n ${name} --as looker --all -o json`, { kubeconfig });
    const items: StatusItem[] = JSON.parse(json.stdout).items;
    const [configMaps, secrets] = [
      items.filter(({ config }) => config.kind === 'ConfigMap'),
      items.filter(({ config }) => config.kind === 'Secret'),
    ];
    expect(configMaps.map(({ via, state }) => `${via} ${state}`).sort()).toEqual(['envFrom stale', expect.any(String)]);
    expect(secrets.length).toBeGreaterThan(2);
    for (const { state, reason } of secrets) expect([state, reason]).toEqual(['unknown', 'it could not be read']);
  }, 180_000);
});
