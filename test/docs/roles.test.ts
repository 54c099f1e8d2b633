/** The roles of docs/roles on a real API server: each is enough for its commands, and one right less is told. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, kubectl, useCluster, waitFor } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';
import { startCommand } from '../support/start-command.ts';
import type { Right } from './roles.ts';
import { grant, listRoles, nameRight, readRights } from './roles.ts';
import type { Shop } from './shop.ts';
import { openShop } from './shop.ts';

/** What each role is for, with the roles that it comes on top of. These commands change nothing: many users can type them. */
const LEVELS: Readonly<Record<string, { below: string[]; commands: string[] }>> = {
  read: {
    below: [],
    commands: ['status --all', 'deps', 'rollout-status --watch=false --soak 0', 'rollout-status --soak 0'],
  },
  diff: { below: ['read'], commands: ['status --deep --all', 'diff'] },
  'diff-manifests': { below: ['read'], commands: ['diff -f -'] },
  restart: { below: ['read'], commands: ['restart deployment/web statefulset/db daemonset/agent --dry-run=server'] },
  evict: {
    below: ['read', 'restart'],
    commands: ['restart deployment/web statefulset/db daemonset/agent rs/bare rc/bare --dry-run=server --evict'],
  },
  probe: { below: ['read'], commands: ['probe inject --form script --dry-run=server'] },
};
/** Roles that no command needs. */
const OPTIONAL_ROLES = ['nodes', 'reasons'];
/** Rights that are not told when they are missing here, and why. */
const UNTOLD: Readonly<Record<string, string>> = {
  'restart: get configmaps': 'optional: the record then has versions and no hashes',
  'restart: get secrets': 'optional: the record then has versions and no hashes',
  'probe: delete configmaps': 'eject alone needs it: see below',
  ...Object.fromEntries(
    ['configmaps', 'secrets', 'serviceaccounts', 'replicationcontrollers', 'jobs.batch', 'cronjobs.batch'].map(
      (resource) => [`read: watch ${resource}`, 'status -w alone needs it: see below'],
    ),
  ),
};

/** Of each kind one that is there and is changed, and one that is new. */
const MANIFEST = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { LOG_LEVEL: 'trace', CURRENCY: 'EUR' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'another' }, data: { A: '1' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db-login' }, stringData: { USER: 'shop', PASSWORD: 'x' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'another' }, stringData: { A: '1' } },
  ],
});

const COMPLAINT = /forbidden|no right|warning|for want of the right|could not/i;

let cluster: TestCluster;
let shop: Shop;
beforeAll(async () => {
  cluster = await useCluster();
  shop = await openShop(cluster);
  const template = {
    metadata: { labels: { app: 'bare' } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'app',
          image: 'local/busybox:1',
          command: ['sleep', '2147483647'],
          envFrom: [{ configMapRef: { name: 'web' } }],
        },
      ],
    },
  };
  await apply(cluster, shop.namespace, [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'bare' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'bare' } }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'bare' },
      spec: { replicas: 1, selector: { app: 'bare', by: 'rc' }, template: withLabel(template) },
    },
  ]);
  await kubectl(cluster, ['wait', 'pods', '--all', '--for=condition=Ready', '--timeout=120s', '-n', shop.namespace]);
  // Something to look at: what nobody changed is current without a look into containers.
  await askKubectl(cluster, [
    'patch',
    'configmap',
    'web',
    '-n',
    shop.namespace,
    '-p',
    '{"data":{"LOG_LEVEL":"debug"}}',
  ]);
}, 1_800_000);
afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
});

function withLabel<T extends { metadata: object }>(template: T): T {
  return { ...template, metadata: { labels: { app: 'bare', by: 'rc' } } };
}

const rightsOf = (level: string): Right[] => [...(LEVELS[level]?.below ?? []), level].flatMap(readRights);
const without = (rights: readonly Right[], left: Right): Right[] =>
  rights.filter((right) => nameRight(right) !== nameRight(left));

/** What some commands say to a user about what could not be done. */
async function complaints(user: string, commands: readonly string[]): Promise<string[]> {
  const setting = { kubeconfig: shop.kubeconfig, stdin: MANIFEST };
  const lines: string[] = [];
  for (const command of commands) {
    const { code, stdout, stderr } = await runCommand(`${command} --as ${user}`, setting);
    if (code > 1) lines.push(`exit code ${code}`);
    lines.push(...`${stdout}${stderr}`.split('\n').filter((line) => COMPLAINT.test(line)));
  }
  return lines;
}

/** Whether a line speaks of a right: by its resource, or by the kind of it. */
function isAbout(line: string, { resource }: Right): boolean {
  const [plural = ''] = resource.split('/');
  return line.toLowerCase().includes(plural.replace(/s$/, ''));
}

describe('each role', () => {
  test('has a test here, and the API server takes its file as it is', async () => {
    expect(listRoles()).toEqual([...Object.keys(LEVELS), ...OPTIONAL_ROLES].sort());
    await askKubectl(cluster, ['apply', '--dry-run=server', '-f', 'docs/roles']);
  });

  for (const [level, { commands }] of Object.entries(LEVELS)) {
    test(`${level} is enough for its commands, and each right that is missing is told`, async () => {
      const rights = readRights(level);
      const all = rightsOf(level);
      const users = new Map(rights.map((left, index) => [`${level}-${index}`, without(all, left)]));
      await grant(cluster, shop.namespace, new Map([[level, all], ...users]));
      expect(await complaints(level, commands)).toEqual([]);
      const untold: string[] = [];
      await Promise.all(
        rights.map(async (right, index) => {
          const told = await complaints(`${level}-${index}`, commands);
          if (!told.some((line) => isAbout(line, right))) untold.push(`${level}: ${nameRight(right)}`);
        }),
      );
      expect(untold.sort()).toEqual(
        Object.keys(UNTOLD)
          .filter((name) => name.startsWith(`${level}:`))
          .sort(),
      );
    }, 180_000);
  }

  test('read is enough for status -w, and each right to watch that is missing is told', async () => {
    const all = rightsOf('read');
    const watches = all.filter(({ verb }) => verb === 'watch');
    const users = new Map(watches.map((left, index) => [`watch-${index}`, without(all, left)]));
    await grant(cluster, shop.namespace, new Map([['watch', all], ...users]));
    const screen = { columns: 120, rows: 40 };
    const watching = startCommand('status -w --all --as watch', { kubeconfig: shop.kubeconfig, screen });
    await waitFor(() => watching.stdout().includes('deployment/web'), 60_000, 'the table');
    const others = watches.map(async (right, index) => {
      const { stderr, interrupt, ended } = startCommand(`status -w --as watch-${index}`, {
        kubeconfig: shop.kubeconfig,
      });
      const complaint = `cannot watch resource "${right.resource}"`;
      await waitFor(() => stderr().includes(complaint), 60_000, complaint);
      interrupt();
      await ended;
    });
    await Promise.all(others);
    watching.interrupt();
    expect(await watching.ended).toBe(130);
    expect(watching.stderr()).not.toMatch(COMPLAINT);
  }, 120_000);

  test('probe is enough to put the probe in, to ask it, and to take it out with its ConfigMap', async () => {
    const all = rightsOf('probe');
    const users = { owner: all, guest: all.filter((right) => nameRight(right) !== 'delete configmaps') };
    await grant(cluster, shop.namespace, new Map(Object.entries(users)));
    const { kubeconfig } = shop;
    const target = 'daemonset/agent --yes --soak 0';
    const injected = await runCommand(`probe inject ${target} --form script --as owner`, { kubeconfig });
    expect(injected).toMatchObject({ code: 0, stderr: expect.not.stringMatching(COMPLAINT) });
    const verified = await runCommand('probe verify daemonset/agent --as owner', { kubeconfig });
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    const ejected = await runCommand(`probe eject ${target} --as guest`, { kubeconfig });
    expect(ejected.stderr).toMatch(/could not be deleted:.*cannot delete resource "configmaps"/);
  }, 120_000);
});
