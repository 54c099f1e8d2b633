import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from './certificate.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { findFreePorts } from './ports.ts';
import type { Processes } from './processes.ts';
import type { ApiAccess } from './request.ts';
import { callApi } from './request.ts';
import { waitFor } from './wait-for.ts';

/** A running control plane. */
export interface ControlPlane extends ApiAccess {
  kubeconfig: string;
  caFile: string;
  users: { name: string; token: string }[];
  clientCert: { user: string; certFile: string; keyFile: string };
  /** Unique among the clusters that run on this machine. */
  port: number;
}

/** Users that may do nothing until a test gives them a role. */
const plainUsers = ['alice', 'bob', 'carol'];

const startTimeoutMs = 120_000;

/** Starts etcd, API server, controllers and scheduler on free loopback ports, and waits until they answer. */
export async function startControlPlane(
  { state, bin, serviceAccounts }: { state: string; bin: string; serviceAccounts: boolean },
  processes: Processes,
): Promise<ControlPlane> {
  const [etcdPort = 0, peerPort = 0, port = 0, controllerPort = 0, schedulerPort = 0] = await findFreePorts(5);
  const { ca, users, token, ...files } = writeCredentials(state);
  const server = `https://127.0.0.1:${port}`;
  const kubeconfig = join(state, 'kubeconfig');
  writeKubeconfig(kubeconfig, { server, ca, token }, 'admin');

  const etcd = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  processes.start('etcd', [
    join(bin, 'etcd'),
    `--data-dir=${join(state, 'etcd')}`,
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
  ]);
  processes.start('kube-apiserver', [
    join(bin, 'kube-apiserver'),
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${files.folder}`,
    `--tls-cert-file=${files.serverCert}`,
    `--tls-private-key-file=${files.serverKey}`,
    `--client-ca-file=${files.caFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    '--allow-privileged',
    '--service-cluster-ip-range=10.96.0.0/24',
    // Pods would have to wait for tokens that no test reads.
    ...(serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
    // The node is named 127.0.0.1: exec and logs reach it over loopback without any name service.
    '--kubelet-preferred-address-types=Hostname',
  ]);
  const access: ApiAccess = { server, ca, token };
  await untilReady(access, '/readyz', processes);

  const client = ['--leader-elect=false', '--bind-address=127.0.0.1', `--kubeconfig=${kubeconfig}`];
  processes.start('kube-controller-manager', [
    join(bin, 'kube-controller-manager'),
    ...client,
    `--secure-port=${controllerPort}`,
    `--cert-dir=${files.folder}`,
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.caFile}`,
    '--kube-api-qps=300',
    '--kube-api-burst=400',
    ...['deployment', 'replicaset', 'statefulset', 'daemonset', 'namespace', 'gc'].map(
      (kind) => `--concurrent-${kind}-syncs=20`,
    ),
    // A machine busy with a build must not look like a dead node.
    '--node-monitor-grace-period=120s',
  ]);
  processes.start('kube-scheduler', [
    join(bin, 'kube-scheduler'),
    ...client,
    `--secure-port=${schedulerPort}`,
    `--cert-dir=${files.folder}`,
    '--kube-api-qps=300',
    '--kube-api-burst=400',
  ]);
  await untilReady(access, '/api/v1/namespaces/default/serviceaccounts/default', processes);
  return { ...access, kubeconfig, caFile: files.caFile, users, clientCert: files.clientCert, port };
}

/** Waits until a GET of `path` succeeds; fails at once when a program of the cluster ends. */
export async function untilReady(access: ApiAccess, path: string, processes: Processes): Promise<void> {
  const answered = waitFor(async () => (await callApi(access, 'GET', path)).status === 200, startTimeoutMs, path, 50);
  await Promise.race([answered, processes.failure]);
}

function writeCredentials(state: string) {
  const folder = join(state, 'certificates');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string) => {
    const file = join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const authority = createAuthority('kubectl-reload test authority');
  const serving = authority.issueServer('kube-apiserver');
  const client = authority.issueClient('cert-user');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const token = newToken();
  const users = plainUsers.map((name) => ({ name, token: newToken() }));
  const tokens = [
    `${token},admin,admin,"system:masters"`,
    ...users.map((user) => `${user.token},${user.name},${user.name}`),
  ];
  return {
    folder,
    ca: authority.cert,
    token,
    users,
    caFile: write('ca.crt', authority.cert),
    serverCert: write('server.crt', serving.cert),
    serverKey: write('server.key', serving.key),
    clientCert: {
      user: 'cert-user',
      certFile: write('cert-user.crt', client.cert),
      keyFile: write('cert-user.key', client.key),
    },
    serviceAccountKey: write('service-account.key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
    tokens: write('tokens.csv', `${tokens.join('\n')}\n`),
  };
}

function newToken(): string {
  return randomBytes(16).toString('hex');
}
