import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { ConnectionOptions, Environment } from '../../src/cluster/connect.ts';
import { connect } from '../../src/cluster/connect.ts';
import { LIMITS } from '../../src/cluster/request.ts';
import type { RecordingServer } from './recording-server.ts';

/** A folder of one test; `await using` removes it. */
export interface TestFolder extends AsyncDisposable {
  path: string;
  /** Writes a file, its folders too; `mode` as in chmod. */
  write(name: string, text: string, mode?: number): Promise<string>;
}

/** Makes a folder for the files of one test. */
export async function makeFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'kubectl-reload-test-'));
  return {
    path,
    async write(name, text, mode = 0o600) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, { mode });
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** What surrounds a connection in a test: nothing of the caller's environment but PATH, stderr kept. */
export function makeEnvironment(
  folder: string,
  changes: Partial<Environment> = {},
): Environment & { printed: () => string; traced: string[] } {
  let printed = '';
  const traced: string[] = [];
  return {
    env: { PATH: process.env.PATH },
    homedir: folder,
    cwd: folder,
    stderr: {
      write(text: string) {
        printed += text;
      },
    },
    interactive: false,
    trace: (line) => traced.push(line),
    serviceAccountDirectory: join(folder, 'no-service-account'),
    ...changes,
    printed: () => printed,
    traced,
  };
}

/** Patience for tests: tries at once, gives up soon. */
export const FAST_LIMITS = {
  ...LIMITS,
  delay: 5,
  connect: 2000,
  silence: 1500,
  watchSilence: 1000,
  outage: 4000,
};

/** A kubeconfig with one context `test` for a server, in which `user` stands as YAML flow text. */
export function kubeconfigFor(server: RecordingServer, user: string, cluster = ''): string {
  const authority = Buffer.from(server.authority.cert).toString('base64');
  return `# made by a test
apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test, namespace: shop}}]
clusters: [{name: test, cluster: {server: "${server.url}", certificate-authority-data: ${authority}, ${cluster}}}]
users: [{name: test, user: ${user}}]
`;
}

/** Connects to a recording server with a token. */
export async function connectTo(
  server: RecordingServer,
  options: ConnectionOptions = {},
  changes: Partial<Environment> = {},
  limits = FAST_LIMITS,
): Promise<Cluster & Disposable> {
  await using folder = await makeFolder();
  const kubeconfig = await folder.write('kubeconfig', kubeconfigFor(server, '{token: secret-token}'));
  const cluster = await connect({ kubeconfig, ...options }, makeEnvironment(folder.path, changes), limits);
  return { ...cluster, [Symbol.dispose]: () => cluster.close() };
}

/** The error that a promise is rejected with. */
export async function failure<E extends Error>(
  promise: Promise<unknown>,
  type: abstract new (...args: never[]) => E,
): Promise<E> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
