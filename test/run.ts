// Runs the tests on one cluster with a real node: bun test/run.ts [arguments of bun test]
import { spawn } from 'node:child_process';
import { startCluster } from './cluster/cluster.ts';
import { clusterVariable } from './cluster/cluster-variable.ts';
import { SetupError } from './cluster/setup-error.ts';
import { buildOracle } from './oracle/oracle.ts';

/** Files that run side by side: tests on a cluster mostly wait for it. */
const WORKERS = 3;
/** Milliseconds a test may take that says nothing else: a machine that runs a cluster beside the tests is a busy one. */
const TEST_TIMEOUT = 30_000;

/**
 * Where nobody looks on, a test that fails runs once more: a machine that stands still for some seconds makes a real kubelet restart what it
 * should not. The first failure is printed all the same, and the second attempt is called one.
 */
const RETRIES = process.env['CI'] ? 1 : 0;

const tell = (line: string) => process.stderr.write(`${line}\n`);

try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  tell(error.message);
  process.exitCode = 1;
}

async function runTests(args: readonly string[]): Promise<number> {
  await buildOracle({ onProgress: tell });
  const { stop, ...cluster } = await startCluster({ node: true, onProgress: tell });
  try {
    const flags = [`--parallel=${WORKERS}`, `--timeout=${TEST_TIMEOUT}`, `--retry=${RETRIES}`];
    const child = spawn(process.execPath, ['test', ...flags, ...args], {
      stdio: 'inherit',
      env: { ...process.env, [clusterVariable]: JSON.stringify(cluster) },
    });
    // Ctrl-C reaches the tests as well; the runner only has to live until they have ended.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    await stop();
  }
}
