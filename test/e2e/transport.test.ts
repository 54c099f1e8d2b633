/** Our own client against a real API server, with kubectl beside it. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { Cluster, TableRow, Versioned } from '../../src/cluster/cluster.ts';
import type { ConnectionOptions } from '../../src/cluster/connect.ts';
import { connect } from '../../src/cluster/connect.ts';
import { ReloadError } from '../../src/error.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { kubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { FAST_LIMITS, failure, makeEnvironment, makeFolder } from '../support/connection.ts';
import { startRecordingServer } from '../support/recording-server.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 3_600_000);

interface ConfigMap extends Versioned {
  metadata: { name: string; resourceVersion: string; managedFields?: object[] };
  data?: Record<string, string>;
}

async function connectAs(options: ConnectionOptions = {}): Promise<Cluster & Disposable> {
  await using folder = await makeFolder();
  const { kubeconfig } = cluster;
  const ours = await connect({ kubeconfig, ...options }, makeEnvironment(folder.path), FAST_LIMITS);
  return { ...ours, [Symbol.dispose]: () => ours.close() };
}

const configMapsOf = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;

async function create(ours: Cluster, namespace: string, names: string[]): Promise<void> {
  const left = names.values();
  const work = async () => {
    for (const name of left) {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: name, other: 'ä' } };
      await ours.request({ method: 'POST', path: configMapsOf(namespace), body });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

describe('a list', () => {
  test('of more than a page is whole, in each form', async () => {
    await using namespace = await useNamespace(cluster);
    using ours = await connectAs();
    const names = Array.from({ length: 1101 }, (_, index) => `c-${String(index).padStart(4, '0')}`);
    await create(ours, namespace.name, names);
    const path = configMapsOf(namespace.name);
    const query = { fieldSelector: 'metadata.name!=kube-root-ca.crt' };

    const full = await ours.list({
      path,
      query,
      form: 'full',
      project: ({ metadata, data }: ConfigMap) => [metadata.name, data?.key],
    });
    expect(full.items).toEqual(names.map((name) => [name, name]));
    expect(Number(full.resourceVersion)).toBeGreaterThan(0);
    const metadata = await ours.list({
      path,
      query,
      form: 'metadata',
      project: (item: ConfigMap) => [item.metadata.name, item.data, item.metadata.managedFields?.length],
    });
    expect(metadata.items).toEqual(names.map((name) => [name, undefined, 1]));
    const table = await ours.list({
      path,
      query,
      form: 'table',
      project: ({ object, cells, columns }: TableRow<ConfigMap>) => [
        object.metadata.name,
        cells[columns.indexOf('Data')],
        object.data,
      ],
    });
    expect(table.items).toEqual(names.map((name) => [name, 2, undefined]));
  }, 60_000);

  test('of a version that the server never had is refused', async () => {
    using ours = await connectAs();
    const query = { resourceVersion: 'x', resourceVersionMatch: 'Exact' };
    const error = await failure(
      ours.list({ path: '/api/v1/configmaps', query, form: 'full', project: (item) => item }),
      ReloadError,
    );
    expect(error.message).toStartWith('Error from server (');
  });
});

describe('a watch', () => {
  test.each(['full', 'metadata'] as const)(
    'in the form %s tells what is there and what changes',
    async (form) => {
      await using namespace = await useNamespace(cluster);
      using ours = await connectAs();
      const path = configMapsOf(namespace.name);
      await create(ours, namespace.name, ['a', 'b']);
      const told: string[] = [];
      for await (const event of ours.watch<ConfigMap>({
        path,
        form,
        query: { fieldSelector: 'metadata.name!=kube-root-ca.crt' },
      })) {
        // The server sends one whenever it likes.
        if (event.type === 'bookmark') continue;
        told.push(
          'object' in event
            ? `${event.type} ${event.object.metadata.name} ${event.object.data?.key ?? '-'}`
            : event.type,
        );
        if (event.type === 'synced') {
          await ours.request({
            method: 'PATCH',
            path: `${path}/a`,
            body: { data: { key: 'new' } },
            contentType: 'application/merge-patch+json',
          });
          // A DELETE that carries a body.
          await ours.request({ method: 'DELETE', path: `${path}/b`, body: { propagationPolicy: 'Background' } });
        }
        if (event.type === 'deleted') break;
      }
      const value = (text: string) => (form === 'full' ? text : '-');
      expect(told).toEqual([
        `added a ${value('a')}`,
        `added b ${value('b')}`,
        'synced',
        `modified a ${value('new')}`,
        `deleted b ${value('b')}`,
      ]);
    },
    30_000,
  );

  test('from an old version tells what has changed since', async () => {
    await using namespace = await useNamespace(cluster);
    using ours = await connectAs();
    await create(ours, namespace.name, ['a']);
    const told: string[] = [];
    const query = { fieldSelector: 'metadata.name=a' };
    const watch = ours.watch<ConfigMap>({
      path: configMapsOf(namespace.name),
      form: 'full',
      query,
      resourceVersion: '1',
    });
    for await (const event of watch) {
      told.push('object' in event ? `${event.type} ${event.object.metadata.name}` : event.type);
      if (event.type === 'added') break;
    }
    expect(told).toEqual(['added a']);
  }, 30_000);
});

describe('a mistake reads as in kubectl', () => {
  /** What both say of the same request, given the same flags. */
  async function compare(options: ConnectionOptions, flags: string[], path: string): Promise<void> {
    const theirs = await kubectl(cluster, [...flags, 'get', '--raw', path]);
    const ours = async () => {
      using connection = await connectAs(options);
      await connection.request({ path });
    };
    const { message } = await failure(ours(), ReloadError);
    expect(theirs.code).toBe(1);
    expect(message).toBe(theirs.stderr.trim().replace(/^error: /, ''));
  }

  test('when it is forbidden', async () => {
    const [user] = cluster.users;
    await compare({ token: user?.token }, [`--token=${user?.token}`], '/api/v1/namespaces/default/secrets');
  });

  test('when nobody is known by that token', async () => {
    await compare({ token: 'no-such-token' }, ['--token=no-such-token'], '/api/v1/pods');
  });

  test('when there is no such object', async () => {
    await compare({}, [], '/apis/apps/v1/namespaces/default/deployments/no-such');
  });

  test('when nobody listens', async () => {
    await compare({ server: 'https://127.0.0.1:1' }, ['--server=https://127.0.0.1:1'], '/api');
  });

  test('when the authority is another one', async () => {
    await using other = await startRecordingServer();
    await compare({ server: other.url }, [`--server=${other.url}`], '/api');
  });

  test('when the certificate is for other names', async () => {
    await using server = await startRecordingServer();
    await using folder = await makeFolder();
    const certificateAuthority = await folder.write('ca.crt', server.authority.cert);
    const flags = [
      `--server=${server.url}`,
      `--certificate-authority=${certificateAuthority}`,
      '--tls-server-name=kube.example',
    ];
    await compare({ server: server.url, certificateAuthority, tlsServerName: 'kube.example' }, flags, '/api');
  });

  test('when the server speaks plain http', async () => {
    await using server = await startRecordingServer(undefined, { tls: false });
    const url = `https://127.0.0.1:${server.port}`;
    await compare({ server: url }, [`--server=${url}`], '/api');
  });

  test('when the context does not exist', async () => {
    await compare({ context: 'no-such' }, ['--context=no-such'], '/api');
  });
});

test('a client certificate says who asks', async () => {
  const { user, certFile, keyFile } = cluster.clientCert;
  await using folder = await makeFolder();
  const options = {
    server: cluster.server,
    certificateAuthority: cluster.caFile,
    clientCertificate: certFile,
    clientKey: keyFile,
  };
  const ours = await connect(options, makeEnvironment(folder.path), FAST_LIMITS);
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = await ours.request<{ status: { userInfo: { username: string } } }>({ method: 'POST', path, body });
    expect(review.status.userInfo.username).toBe(user);
  } finally {
    ours.close();
  }
});

test('impersonation says who asks', async () => {
  using ours = await connectAs({
    as: 'jürgen',
    asGroup: ['a', 'b'],
    asUserExtra: ['acme.com/Key=v1', 'acme.com/Key=v2'],
  });
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const review = await ours.request<{ status: { userInfo: object } }>({ method: 'POST', path, body });
  expect(review.status.userInfo).toMatchObject({
    username: 'jürgen',
    groups: ['a', 'b', 'system:authenticated'],
    extra: { 'acme.com/key': ['v1', 'v2'] },
  });
});
