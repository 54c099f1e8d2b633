import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TestCluster } from '../cluster/cluster.ts';
import { writeKubeconfig } from '../cluster/kubeconfig.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { Contender, Environment } from './measure.ts';
import { recordAnswers } from './recording.ts';
import type { Group } from './scale.ts';
import { measureGroup, readContenders } from './scale.ts';
import type { StoredServerPlace } from './stored-server.ts';

const SERVER = fileURLToPath(import.meta.resolve('./stored-server.ts'));

/** Workloads of which kubectl takes minutes to tell: two runs have to do. */
const LARGE = 5000;
const LARGE_RUNS = 2;

/**
 * Measures the commands that read everything on what a real control plane answered, multiplied, from a server of stored pages.
 * @param sizes multiples of the workloads of the cluster
 */
export async function benchStored(
  cluster: TestCluster,
  program: string,
  {
    size,
    sizes,
    runs,
    env,
    tell,
  }: {
    size: number;
    sizes: readonly number[];
    runs: number;
    env: Environment;
    tell: (line: string) => void;
  },
): Promise<Map<number, { runs: number; groups: Group[] }>> {
  const contenders = readContenders(program, cluster.kubectl);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-reload-bench-'));
  const found = new Map<number, { runs: number; groups: Group[] }>();
  try {
    const file = join(folder, 'recording.json');
    writeFileSync(file, JSON.stringify(await recordAnswers([...contenders, forMany(cluster.kubectl)], cluster, env)));
    for (const wanted of sizes) {
      tell(`measuring ${wanted} workloads on stored pages…`);
      await using stored = await startStoredServer(cluster, { file, folder, step: size, copies: wanted / size });
      const counted = wanted < LARGE ? runs : Math.min(runs, LARGE_RUNS);
      const options = {
        runs: counted,
        cluster: stored.cluster,
        env: { ...env, KUBECONFIG: stored.cluster.kubeconfig },
      };
      try {
        found.set(wanted, { runs: counted, groups: [await measureGroup('all namespaces', contenders, options)] });
      } finally {
        for (const question of stored.unknown) tell(`the stored pages have no answer to ${question}`);
      }
      if (stored.unknown.length > 0) throw new Error('something was asked that was never recorded');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}

/** What the program reads in one list only where it concerns more namespaces than the recorded cluster has. */
function forMany(kubectl: string): Contender {
  const words = ['get', 'resourcequotas,horizontalpodautoscalers', '-A', '-o', 'json'];
  return { name: `kubectl ${words.join(' ')}`, command: [kubectl, ...words] };
}

interface StoredServer extends AsyncDisposable {
  cluster: ClusterDescription;
  /** What was asked that was never recorded. */
  unknown: string[];
}

async function startStoredServer(
  cluster: TestCluster,
  { file, folder, step, copies }: { file: string; folder: string; step: number; copies: number },
): Promise<StoredServer> {
  const child = Bun.spawn([process.execPath, SERVER, file, String(step), String(copies)], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const lines = createInterface({ input: Readable.from(child.stdout) });
  const unknown: string[] = [];
  const place = await new Promise<StoredServerPlace>((resolve, reject) => {
    lines.once('line', (first) => {
      resolve(JSON.parse(first));
      lines.on('line', (line) => unknown.push(line));
    });
    lines.once('close', () => reject(new Error('the server of stored pages ended')));
  });
  const kubeconfig = join(folder, `kubeconfig-${copies}`);
  const caFile = join(folder, `ca-${copies}.crt`);
  writeFileSync(caFile, place.ca);
  writeKubeconfig(kubeconfig, { server: place.server, ca: place.ca, token: 'any' }, 'admin');
  const { stop: _, ...description } = cluster;
  return {
    cluster: { ...description, kubeconfig, caFile, server: place.server, adminToken: 'any' },
    unknown,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}
