// npm run cluster -- up [--node] [--fake-nodes N] [--sync-frequency SECONDS] | down | env | status
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launchCluster } from './cluster.ts';
import { clusterVariable } from './cluster-variable.ts';
import { removeRecord, writeRecord } from './record.ts';
import type { Running } from './running.ts';
import { findRunning } from './running.ts';
import { SetupError } from './setup-error.ts';
import { findSupervisor, sweepDeadClusters } from './state.ts';
import { waitFor } from './wait-for.ts';

const usage = 'usage: npm run cluster -- up [--node] [--fake-nodes N] [--sync-frequency SECONDS] | down | env | status';

// `| head` closes the pipe.
process.stdout.on('error', () => process.exit(0));

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (line: string) => process.stderr.write(`${line}\n`);

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  tell(error.message);
  process.exitCode = 1;
}

async function run(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      node: { type: 'boolean', default: false },
      'fake-nodes': { type: 'string', default: '0' },
      'sync-frequency': { type: 'string', default: '5' },
    },
  });
  const running = findRunning();
  switch (positionals[0]) {
    case 'up': {
      if (running) tell('a cluster is already up: npm run cluster -- down stops it');
      else await up(values.node, Number(values['fake-nodes']), Number(values['sync-frequency']));
      return 0;
    }
    case 'down': {
      if (running) await down(running);
      else for (const state of await sweepDeadClusters()) tell(`removed the remains of a dead cluster in ${state}`);
      removeRecord();
      return 0;
    }
    case 'env': {
      if (!running) return notUp();
      print(`export KUBECONFIG='${running.cluster.kubeconfig}'`);
      // kubectl finds the plugin that `npm run build` made by its name on PATH.
      print(`export PATH='${running.cluster.bin}':'${resolve('dist')}':"$PATH"`);
      print(`export ${clusterVariable}='${JSON.stringify(running.cluster)}'`);
      return 0;
    }
    case 'status': {
      if (!running) return notUp();
      print(`up at ${running.cluster.server}, kubeconfig ${running.cluster.kubeconfig}, process ${running.supervisor}`);
      return 0;
    }
    default: {
      tell(usage);
      return 2;
    }
  }
}

async function up(node: boolean, fakeNodes: number, syncFrequencySeconds: number): Promise<void> {
  const options = { node, fakeNodes, syncFrequencySeconds, onProgress: tell };
  const { cluster } = await launchCluster(options, true);
  writeRecord(cluster);
  print(`export KUBECONFIG='${cluster.kubeconfig}'`);
  tell('or, with its kubectl in PATH: eval "$(npm run -s cluster -- env)"');
}

async function down({ state, supervisor }: Running): Promise<void> {
  process.kill(supervisor, 'SIGTERM');
  await waitFor(() => findSupervisor(state) === undefined, 60_000, 'the cluster to stop');
}

function notUp(): number {
  tell('no cluster is up: npm run cluster -- up starts one');
  return 1;
}
