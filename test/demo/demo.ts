/**
 * The main job from end to end on a real Kubernetes: `npm run demo`.
 * Starts a cluster with one real node, deploys a small shop, changes its configuration, and shows what the program
 * says and does. Ends by itself; `-- --keep` leaves the cluster and says how to use it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { launchCluster } from '../cluster/cluster.ts';
import { SetupError } from '../cluster/setup-error.ts';

const NAMESPACE = 'shop';
const keep = process.argv.includes('--keep');

const tell = (line: string) => process.stderr.write(`${line}\n`);

try {
  process.exitCode = await showMainJob();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  tell(error.message);
  process.exitCode = 1;
}

async function showMainJob(): Promise<number> {
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
  if (build.status !== 0) return build.status ?? 1;
  const { cluster, supervisor } = await launchCluster({ node: true, onProgress: tell }, keep);
  const programs = mkdtempSync(join(tmpdir(), 'kubectl-reload-demo-'));
  // kubectl finds a plugin by its name on PATH.
  symlinkSync(cluster.kubectl, join(programs, 'kubectl'));
  symlinkSync(resolve('dist/kubectl-reload'), join(programs, 'kubectl-reload'));
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  try {
    await playScript(env);
    if (keep)
      tell(
        `\nThe cluster stays. To go on by hand:\n  export KUBECONFIG=${cluster.kubeconfig} PATH=${programs}:$PATH\n  kubectl reload deps -n ${NAMESPACE}\nand to end it:\n  npm run cluster -- down`,
      );
    return 0;
  } finally {
    if (!keep) {
      await supervisor.stop();
      rmSync(programs, { recursive: true, force: true });
    }
  }
}

async function playScript(env: NodeJS.ProcessEnv): Promise<void> {
  const run = (command: string, ...expected: number[]) =>
    runCommand(command, env, expected.length === 0 ? [0] : expected);

  say('A small shop: a Deployment by env, a StatefulSet by subPath, a DaemonSet by volume');
  await run(`kubectl create namespace ${NAMESPACE}`);
  await run(`kubectl apply -n ${NAMESPACE} -f test/demo/shop.yaml`);
  for (const workload of ['deployment/web', 'statefulset/db', 'daemonset/agent']) {
    await runCommand(`kubectl rollout status -n ${NAMESPACE} ${workload} --timeout=120s`, env, [0], { quiet: true });
  }

  say('Who uses what');
  await run(`kubectl reload deps -n ${NAMESPACE}`);

  // A change in the same seconds as the start of a container proves nothing; in a real shop it comes days later.
  await new Promise((done) => setTimeout(done, 4000));
  say('Somebody changes two ConfigMaps. Kubernetes restarts nothing');
  await run(`kubectl patch configmap web -n ${NAMESPACE} -p '{"data":{"LOG_LEVEL":"debug"}}'`);
  await run(`kubectl patch configmap db -n ${NAMESPACE} -p '{"data":{"db.conf":"max_connections = 500\\n"}}'`);

  say('Which containers run stale configuration');
  await run(`kubectl reload -n ${NAMESPACE} --exit-code`, 1);

  say('Restart just those, in waves, and watch them land');
  await run(`kubectl reload restart -n ${NAMESPACE} --yes`);

  say('Nothing is stale any more');
  await run(`kubectl reload -n ${NAMESPACE} --exit-code`);
  await run(`kubectl logs -n ${NAMESPACE} deployment/web`);
}

function say(line: string): void {
  process.stdout.write(`\n# ${line}\n`);
}

/** Prints a command line and runs it; ends the demo when it ends otherwise than it should. */
function runCommand(
  command: string,
  env: NodeJS.ProcessEnv,
  expected: readonly number[],
  { quiet = false } = {},
): Promise<void> {
  if (!quiet) process.stdout.write(`\n$ ${command}\n`);
  return new Promise((done, fail) => {
    const child = spawn('/bin/sh', ['-c', command], {
      env,
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    });
    child.on('error', fail);
    child.on('close', (code) => {
      if (expected.includes(code ?? -1)) done();
      else fail(new Error(`"${command}" ended with exit code ${code}`));
    });
  });
}
