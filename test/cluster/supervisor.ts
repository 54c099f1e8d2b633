// Owns the programs of one cluster. It prints one JSON line when the cluster is up (or cannot come up), and takes
// everything down when its standard input ends: that is how it learns that its owner died, even by SIGKILL.
import { mkdirSync } from 'node:fs';
import { startControlPlane } from './control-plane.ts';
import { fakeNodeName, startFakeNodes } from './fake-nodes.ts';
import { nodeName, startNode } from './node.ts';
import type { Processes } from './processes.ts';
import { createProcesses } from './processes.ts';
import type { ApiAccess } from './request.ts';
import { callApi } from './request.ts';
import { SetupError } from './setup-error.ts';
import { removeState } from './state.ts';
import type { SupervisorOptions, SupervisorReport } from './supervisor-report.ts';
import { waitFor } from './wait-for.ts';

const options: SupervisorOptions = JSON.parse(process.argv[2] ?? '');
const { state, bin } = options;
mkdirSync(state, { mode: 0o700 });
const processes = createProcesses(state);

let stopping: Promise<void> | undefined;
const stop = () => {
  stopping ??= processes.stop().then(() => removeState(state));
  return stopping.then(() => process.exit(0));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
if (!options.detached) process.stdin.on('end', stop).on('error', stop).resume();
// Nobody reads any more once a detached cluster is up.
process.stdout.on('error', () => {});

try {
  report({ kind: 'ready', cluster: await start() });
  processes.failure.catch((error) => process.stderr.write(`${error.message}\n`));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  if (!stopping) report({ kind: 'failed', message, setup: error instanceof SetupError });
  await stop();
}

async function start() {
  const controlPlane = await startControlPlane({ state, bin, serviceAccounts: options.serviceAccounts }, processes);
  const { token, port, ca: _, ...cluster } = controlPlane;
  if (options.node) {
    const { syncFrequencySeconds } = options;
    await startNode({ state, bin, networkKey: port, syncFrequencySeconds }, processes);
  }
  if (options.fakeNodes > 0) {
    const { kubeconfig } = controlPlane;
    await startFakeNodes(
      { state, bin, kubeconfig, count: options.fakeNodes, taint: options.node },
      controlPlane,
      processes,
    );
  }
  const fake = Array.from({ length: options.fakeNodes }, (_, index) => fakeNodeName(index));
  const expected = [...(options.node ? [nodeName] : []), ...fake];
  await untilNodesReady(controlPlane, expected, processes);
  return { ...cluster, adminToken: token, kubectl: `${bin}/kubectl`, bin };
}

async function untilNodesReady(access: ApiAccess, names: readonly string[], running: Processes): Promise<void> {
  if (names.length === 0) return;
  const ready = waitFor(
    async () => {
      const answer = await callApi(access, 'GET', '/api/v1/nodes');
      const nodes: NodeList = JSON.parse(answer.text);
      const usable = new Set(nodes.items.filter(isUsable).map((node) => node.metadata.name));
      return names.every((name) => usable.has(name));
    },
    120_000,
    `${names.length} nodes to be Ready`,
  );
  await Promise.race([ready, running.failure]);
}

interface NodeList {
  items: {
    metadata: { name: string };
    spec: { taints?: { key: string }[] };
    status: { conditions?: { type: string; status: string }[] };
  }[];
}

// The taint of a node that was not ready goes a moment after it is, and until then pods stay Pending.
function isUsable({ spec, status }: NodeList['items'][number]): boolean {
  const ready = status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  return ready === true && !spec.taints?.some((taint) => taint.key.startsWith('node.kubernetes.io/'));
}

function report(value: SupervisorReport): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
