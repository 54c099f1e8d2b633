/**
 * The main job from end to end on a real Kubernetes: `npm run demo`.
 * Starts a cluster with one real node, deploys a small shop, changes its configuration, and shows what the program
 * says and does. Ends by itself; `-- --keep` leaves the cluster and says how to use it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { launchCluster } from '../cluster/cluster.ts';
import { writeRecord } from '../cluster/record.ts';
import { findRunning } from '../cluster/running.ts';
import { SetupError } from '../cluster/setup-error.ts';

const NAMESPACE = 'shop';
const keep = process.argv.includes('--keep');

const [BOLD, COMMAND, PLAIN] =
  process.stdout.isTTY && !process.env['NO_COLOR'] ? ['\x1b[1m', '\x1b[36m', '\x1b[0m'] : ['', '', ''];

const KEPT = `
The cluster stays. To go on by hand:
  eval "$(npm run -s cluster -- env)"
  kubectl reload deps -n ${NAMESPACE}
and to end it:
  npm run cluster -- down`;

const NEXT = `
That was all of it: the cluster is gone again. To try it yourself:
  npm run demo -- --keep     leaves the cluster, and every command above can be typed
  dist/kubectl-reload        put it on your PATH, and kubectl reload works on your own clusters`;

/** By Ctrl-C, which the command that runs gets too: how that ends is no matter then. */
let isInterrupted = false;
/** The end of the command that runs. */
let ending: Promise<void> = Promise.resolve();

const tell = (line: string) => process.stderr.write(`${line}\n`);

try {
  process.exitCode = await showMainJob();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  tell(error.message);
  process.exitCode = 1;
}

async function showMainJob(): Promise<number> {
  if (keep && findRunning() !== undefined) {
    tell('error: a cluster is already up, and there can be one at a time\n  npm run cluster -- down    ends it');
    return 1;
  }
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
  if (build.status !== 0) return build.status ?? 1;
  const { cluster, supervisor } = await launchCluster({ node: true, onProgress: tell }, keep);
  if (keep) writeRecord(cluster);
  process.once('SIGINT', async () => {
    isInterrupted = true;
    // The command that runs got it too, and has its last word first.
    await ending;
    tell(keep ? KEPT : '\ntaking the cluster down');
    if (!keep) await supervisor.stop();
    process.exit(130);
  });
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    // kubectl finds a plugin by its name on PATH.
    PATH: [cluster.bin, resolve('dist'), process.env['PATH']].join(delimiter),
  };
  try {
    await playScript(env);
  } finally {
    if (!keep) await supervisor.stop();
  }
  tell(keep ? KEPT : NEXT);
  return 0;
}

async function playScript(env: NodeJS.ProcessEnv): Promise<void> {
  const run = (command: string, ...expected: number[]) =>
    runCommand(command, env, expected.length === 0 ? [0] : expected);

  say('A small shop: a Deployment by env, a StatefulSet by subPath, a DaemonSet by volume');
  await run(`kubectl create namespace ${NAMESPACE}`);
  await run(`kubectl apply -n ${NAMESPACE} -f test/demo/config.yaml`);
  await pause();
  await run(`kubectl apply -n ${NAMESPACE} -f test/demo/workloads.yaml`);
  for (const workload of ['deployment/web', 'statefulset/db', 'daemonset/agent']) {
    await runCommand(`kubectl rollout status -n ${NAMESPACE} ${workload} --timeout=120s`, env, [0], { quiet: true });
  }

  say('Who uses what');
  await run(`kubectl reload deps -n ${NAMESPACE}`);

  await pause();
  say('Somebody changes two ConfigMaps. Kubernetes restarts nothing');
  await run(`kubectl patch configmap web -n ${NAMESPACE} -p '{"data":{"LOG_LEVEL":"debug"}}'`);
  await run(`kubectl patch configmap db -n ${NAMESPACE} -p '{"data":{"db.conf":"max_connections = 500\\n"}}'`);

  say('Which containers run stale configuration');
  await run(`kubectl reload -n ${NAMESPACE} --exit-code`, 1);

  say('What differs');
  await run(`kubectl reload diff -n ${NAMESPACE}`, 1);

  say('Restart just those, in waves; here new pods are watched for 3 s, not for 10');
  await run(`kubectl reload restart -n ${NAMESPACE} --yes --soak 3s`);

  say('Nothing is stale any more');
  await run(`kubectl reload -n ${NAMESPACE} --exit-code`);
  await run(`kubectl logs -n ${NAMESPACE} deployment/web`);
}

/** The API tells times in whole seconds: what happens within the same ones has no order. In a real shop days lie between. */
function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 3000));
}

function say(line: string): void {
  process.stdout.write(`\n${BOLD}# ${line}${PLAIN}\n`);
}

/** Prints a command line and runs it; ends the demo when it ends otherwise than it should. */
function runCommand(
  command: string,
  env: NodeJS.ProcessEnv,
  expected: readonly number[],
  { quiet = false } = {},
): Promise<void> {
  if (!quiet) process.stdout.write(`\n${COMMAND}$ ${command}${PLAIN}\n`);
  return new Promise((done, fail) => {
    const child = spawn('/bin/sh', ['-c', command], {
      env,
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    });
    child.on('error', fail);
    ending = new Promise((ended) => child.once('close', () => ended()));
    child.on('close', (code) => {
      if (isInterrupted) return;
      if (expected.includes(code ?? -1)) done();
      else fail(new Error(`"${command}" ended with exit code ${code}`));
    });
  });
}
