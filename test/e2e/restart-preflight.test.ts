/** What the API server is asked before anything rolls, on a real one: quotas, PodSecurity, ServiceAccounts, policies and rights. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { homedir } from 'node:os';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { connect } from '../../src/cluster/connect.ts';
import { readRights } from '../../src/cluster/read-rights.ts';
import { isJsonObject } from '../../src/objects/json.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, callAdmin, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 120_000;
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { LEVEL: 'info' } };

interface Shape {
  replicas?: number;
  template?: object;
  spec?: object;
}

function makeWorkload(kind: 'Deployment' | 'StatefulSet', name: string, { replicas = 1, template, spec }: Shape = {}) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      replicas,
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'app',
              image: 'local/busybox:1',
              command: ['sleep', '100000'],
              envFrom: [{ configMapRef: { name: 'web' } }],
            },
          ],
          ...template,
        },
      },
      ...spec,
    },
  };
}

const ask = (namespace: string, ...args: string[]): Promise<string> => askKubectl(cluster, ['-n', namespace, ...args]);

/** Every object of the namespace that a restart could touch, with its version. */
async function versions(namespace: string): Promise<string> {
  const path = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
  return ask(namespace, 'get', 'deploy,sts,rs,po,cm,pdb,quota,controllerrevisions', '-o', `jsonpath=${path}`);
}

/** Makes workloads and waits for their pods to be up. */
async function roll(namespace: string, ...workloads: ReturnType<typeof makeWorkload>[]): Promise<void> {
  await apply(cluster, namespace, [CONFIG, ...workloads]);
  for (const { kind, metadata } of workloads) {
    await ask(namespace, 'rollout', 'status', `${kind.toLowerCase()}/${metadata.name}`, '--timeout=60s');
  }
}

const restart = (namespace: string, ...words: string[]) =>
  runCommand(['restart', '-n', namespace, ...words], { kubeconfig: cluster.kubeconfig });

/** What a dry run on the server gives, and proves that it changed nothing: what still changes by itself, changes not every time. */
function tryRestart(namespace: string, ...words: string[]) {
  return waitFor(
    async () => {
      const before = await versions(namespace);
      const tried = await dryRun(namespace, ...words);
      return (await versions(namespace)) === before && tried;
    },
    60_000,
    'a dry run that leaves all as it is',
  );
}

async function dryRun(namespace: string, ...words: string[]) {
  const { code, stdout, stderr } = await restart(namespace, '--dry-run=server', '-o', 'json', ...words);
  if (stdout === '') throw new Error(stderr);
  const plan: {
    kind: string;
    items: { workload: { name: string }; warnings: string[] }[];
    skipped: { workload: { name: string }; code: string; reason: string }[];
  } = JSON.parse(stdout);
  return {
    code,
    left: plan.items.map(({ workload }) => workload.name),
    warnings: plan.items.flatMap(({ warnings }) => warnings),
    skipped: plan.skipped.map(({ workload, code: why, reason }) => `${workload.name} ${why}: ${reason}`),
  };
}

describe('a dry run on the server', () => {
  test(
    'shows the plan as its result and changes nothing',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const claims = {
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
          },
        ],
      };
      const mounts = {
        containers: [{ name: 'app', image: 'local/busybox:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      };
      await roll(name, makeWorkload('Deployment', 'web'));
      await apply(cluster, name, [makeWorkload('StatefulSet', 'pg', { template: mounts, spec: claims })]);
      await waitFor(async () => (await versions(name)).includes('Pod/pg-0'), 60_000, 'the pod of the StatefulSet');

      const before = await versions(name);
      const { code, stdout, stderr } = await restart(name, 'deploy/web', 'sts/pg', '--dry-run=server');
      expect(stdout).toMatch(/^WAVE +WORKLOAD +PODS +WHY\n0 +deployment\/web +1 +it was named\n/);
      expect(stdout).toContain('statefulset/pg');
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: 'nothing was changed: the API server would take the restart of 2 workloads\n',
      });
      expect(await versions(name)).toBe(before);
    },
    TIMEOUT,
  );

  test(
    'finds the quota that leaves a Deployment no room beside its pods, and lets a StatefulSet take them in place',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await roll(name, makeWorkload('Deployment', 'web'), makeWorkload('StatefulSet', 'pg'));
      await ask(name, 'create', 'quota', 'team', '--hard=pods=2');
      await waitFor(
        async () => (await ask(name, 'get', 'quota/team', '-o', 'jsonpath={.status.used.pods}')) === '2',
        60_000,
        'the quota to be counted',
      );

      const used = 'exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2';
      const tried = await tryRestart(name, 'deploy/web', 'sts/pg');
      expect(tried).toMatchObject({ code: 2, left: ['pg'] });
      expect(tried.skipped).toEqual([
        `web rejected: its new pods have no room beside the old ones, of which none may go before: ${used} (--force restarts it all the same)`,
      ]);
      expect(tried.warnings).toContain(`a new pod has to wait until an old one has gone: ${used}`);

      // What may be created is not known without the right to; the quota itself tells.
      const { stdout } = await restart(name, 'deploy/web', '--dry-run=client');
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
        'resourcequota/team has no room for one pod more (pods 2 of 2 used), and none may go before: the rollout would stand still',
      );

      // Nothing that is refused is begun, and what is left is.
      const before = await ask(name, 'get', 'deploy/web', '-o', 'jsonpath={.metadata.generation}');
      const run = await restart(name, 'deploy/web', 'sts/pg', '--soak=0s');
      expect(run.code).toBe(2);
      expect(run.stderr).toContain('left out: deployment/web: its new pods have no room');
      expect(run.stdout).toMatch(/statefulset.apps\/pg complete/);
      expect(await ask(name, 'get', 'deploy/web', '-o', 'jsonpath={.metadata.generation}')).toBe(before);
    },
    TIMEOUT,
  );

  test(
    'finds what PodSecurity enforces, and tells once of what it would enforce',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await roll(name, makeWorkload('Deployment', 'web'));
      const violation = 'PodSecurity "restricted:latest": ';

      await ask(name, 'label', 'namespace', name, 'pod-security.kubernetes.io/warn=restricted');
      const warned = await waitFor(
        async () => {
          const tried = await dryRun(name, 'deploy/web');
          return tried.warnings.some((text) => text.includes('would violate')) ? tried : undefined;
        },
        60_000,
        'the label to be seen',
      );
      expect(warned).toMatchObject({ code: 0, left: ['web'], skipped: [] });
      expect(warned.warnings.filter((text) => text.includes(violation))).toHaveLength(1);
      const { code, stderr } = await restart(name, 'deploy/web', '--soak=0s');
      expect(code).toBe(0);
      expect(stderr.split('would violate')).toHaveLength(2);
      expect(stderr).toContain('! the API server warns: would violate PodSecurity');

      await ask(name, 'label', 'namespace', name, 'pod-security.kubernetes.io/enforce=restricted');
      const refused = await waitFor(
        async () => {
          const tried = await dryRun(name, 'deploy/web');
          return tried.skipped.length > 0 ? tried : undefined;
        },
        60_000,
        'the label to be seen',
      );
      expect(refused).toMatchObject({ code: 2, left: [] });
      expect(refused.skipped[0]).toStartWith(
        `web rejected: the API server would refuse its new pods: violates ${violation}`,
      );
      const forced = await tryRestart(name, 'deploy/web', '--force');
      expect(forced).toMatchObject({ code: 0, left: ['web'] });
      expect(forced.warnings.join()).toContain(`the API server would refuse its new pods: violates ${violation}`);
    },
    TIMEOUT,
  );

  test(
    'finds what admission policies refuse, of workloads and of pods, and the others are restarted',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await roll(
        name,
        makeWorkload('Deployment', 'frozen'),
        makeWorkload('Deployment', 'guarded'),
        makeWorkload('Deployment', 'web'),
      );
      await using _workloads = await usePolicy(
        name,
        'apps',
        'deployments',
        "object.metadata.name != 'frozen'",
        'frozen until Monday',
      );
      await using _pods = await usePolicy(
        name,
        '',
        'pods',
        "!has(object.metadata.generateName) || !object.metadata.generateName.startsWith('guarded-')",
        'no such pods here',
      );
      const targets = ['deploy/frozen', 'deploy/guarded', 'deploy/web'];
      await waitFor(
        async () => {
          const result = await dryRun(name, ...targets);
          return result.skipped.length === 2 ? result : undefined;
        },
        60_000,
        'the policies to take effect',
      );
      const tried = await tryRestart(name, ...targets);
      expect(tried).toMatchObject({ code: 2, left: ['web'] });
      expect(tried.skipped[0]).toMatch(/^frozen rejected: the API server refuses its restart: .*frozen until Monday$/);
      expect(tried.skipped[1]).toMatch(
        /^guarded rejected: the API server would refuse its new pods: .*no such pods here/,
      );

      const { code, stdout } = await restart(name, ...targets, '--soak=0s');
      expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining('deployment.apps/web complete') });
      const marks = await ask(
        name,
        'get',
        'deploy',
        '-o',
        'jsonpath={range .items[*]}{.metadata.name}={.metadata.generation} {end}',
      );
      expect(marks).toBe('frozen=1 guarded=1 web=2 ');
    },
    TIMEOUT,
  );
});

/** Refuses what does not pass the expression, in one namespace, until the end of the block. */
async function usePolicy(namespace: string, group: string, resource: string, expression: string, message: string) {
  const name = `${namespace}-${resource}`;
  const root = '/apis/admissionregistration.k8s.io/v1';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rule = { apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: [resource] };
  const policy = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression, message }] },
  };
  const binding = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    },
  };
  const made = [
    { path: `${root}/validatingadmissionpolicies`, body: policy },
    { path: `${root}/validatingadmissionpolicybindings`, body: binding },
  ];
  for (const { path, body } of made) {
    const { status, text } = await callAdmin(cluster, 'POST', path, body);
    if (status !== 201) throw new Error(text);
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const { path } of made) await callAdmin(cluster, 'DELETE', `${path}/${name}`);
    },
  };
}

describe('a dry run on a server that wants ServiceAccounts to be there', () => {
  test(
    'leaves out the workload whose ServiceAccount is gone',
    async () => {
      const { stop, ...strict } = await startCluster({ serviceAccounts: true });
      try {
        const accounts = ['runner', 'other'].map((name) => ({
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name },
        }));
        const workloads = ['runner', 'other'].map((name) =>
          makeWorkload('Deployment', name, { template: { serviceAccountName: name } }),
        );
        await apply(strict, 'default', [CONFIG, ...accounts, ...workloads]);
        await askKubectl(strict, ['delete', 'serviceaccount', 'runner']);
        const { code, stdout, stderr } = await runCommand(
          'restart deploy/runner deploy/other --dry-run=server',
          strict,
        );
        expect(stdout + stderr).toContain(
          'error looking up service account default/runner: serviceaccount "runner" not found',
        );
        expect({ code, rows: stdout.split('\n').filter((line) => line.startsWith('0 ')) }).toEqual({
          code: 2,
          rows: [expect.stringContaining('deployment/other')],
        });
      } finally {
        await stop();
      }
    },
    TIMEOUT,
  );
});

describe('the rights of a user', () => {
  const READ = { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] };

  async function grant(namespace: string, user: string, rules: object[]): Promise<void> {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: user } };
    await apply(cluster, namespace, [
      { ...role, kind: 'Role', rules },
      {
        ...role,
        kind: 'RoleBinding',
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
        subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
      },
    ]);
  }
  // Impersonation names all groups; who logs in is always of this one, which may ask for its own rights.
  const as = (user: string) => ['--as', user, '--as-group', 'system:authenticated'];

  test(
    'decide before anything is tried, by name where they are given by name',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await roll(name, makeWorkload('Deployment', 'web'), makeWorkload('Deployment', 'api'));
      await grant(name, 'looker', [READ]);
      await grant(name, 'deployer', [
        READ,
        { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
      ]);
      const looker = await waitFor(
        async () => {
          const tried = await dryRun(name, 'deploy/web', 'deploy/api', ...as('looker'));
          return tried.skipped.length === 2 ? tried : undefined;
        },
        60_000,
        'the role to take effect',
      );
      expect(looker).toMatchObject({
        code: 2,
        left: [],
        skipped: [
          `api forbidden: no right to patch deployments.apps "api" in namespace ${name}`,
          `web forbidden: no right to patch deployments.apps "web" in namespace ${name}`,
        ],
      });
      // No right to create pods: what cannot be tried is left to the run.
      const deployer = await tryRestart(name, 'deploy/web', 'deploy/api', ...as('deployer'));
      expect(deployer).toMatchObject({
        code: 2,
        left: ['web'],
        skipped: [`api forbidden: no right to patch deployments.apps "api" in namespace ${name}`],
      });
      const evict = await tryRestart(name, 'deploy/web', '--evict', ...as('deployer'));
      expect(evict.skipped).toEqual([
        expect.stringMatching(/^web forbidden: no right to create pods\/eviction "web-[^"]+" in namespace /),
      ]);
      const run = await restart(name, 'deploy/web', 'deploy/api', '--soak=0s', ...as('deployer'));
      expect({ code: run.code, stdout: run.stdout }).toEqual({
        code: 2,
        stdout: expect.stringContaining('deployment.apps/web complete'),
      });
    },
    TIMEOUT,
  );

  test(
    'are asked for one by one where the server does not list them all',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', { replicas: 0 })]);
      await grant(name, 'deployer', [
        { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
      ]);
      const real = await connect(
        { kubeconfig: cluster.kubeconfig, namespace: name, as: 'deployer', asGroup: ['system:authenticated'] },
        { env: {}, homedir: homedir(), cwd: '.', stderr: { write: () => true }, interactive: false },
      );
      /** As a server answers whose authorizer cannot list the rights of a user. */
      const forgetful: Cluster = {
        ...real,
        list: (request) => real.list(request),
        async request<T>(request: Parameters<Cluster['request']>[0]): Promise<T> {
          const answer = await real.request<T>(request);
          if (request.path.endsWith('/selfsubjectrulesreviews') && isJsonObject(answer)) {
            Object.assign(answer, { status: { incomplete: true, resourceRules: [], nonResourceRules: [] } });
          }
          return answer;
        },
      };
      try {
        const patch = { verb: 'patch', group: 'apps', resource: 'deployments' };
        const rights = await readRights(forgetful, name);
        await waitFor(
          async () => (await readRights(forgetful, name)).may({ ...patch, name: 'web' }),
          60_000,
          'the role to take effect',
        );
        expect(await rights.may({ ...patch, name: 'api' })).toBe(false);
        expect(await rights.may({ verb: 'create', group: '', resource: 'pods/eviction', name: 'x' })).toBe(false);
      } finally {
        real.close();
      }
    },
    TIMEOUT,
  );
});

describe('without a preflight', () => {
  test(
    'nothing is asked, and the refusal comes with the restart',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, [CONFIG, makeWorkload('Deployment', 'web', { replicas: 0 })]);
      const { stderr, code } = await restart(name, 'deploy/web', '--preflight=false', '--wait=false', '-v');
      expect(code).toBe(0);
      expect(stderr).toContain('PATCH ');
      expect(stderr).not.toMatch(/dryRun|selfsubject/);
    },
    TIMEOUT,
  );
});
