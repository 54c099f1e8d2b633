import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePorts } from './ports.ts';
import type { Processes } from './processes.ts';
import type { ApiAccess } from './request.ts';
import { callApi } from './request.ts';

/** What fake nodes need to know. */
export interface FakeNodesOptions {
  state: string;
  bin: string;
  kubeconfig: string;
  count: number;
  /** Keeps pods off the fake nodes that do not tolerate `kwok.x-k8s.io/node=fake`: for clusters with a real node. */
  taint: boolean;
}

const mark = 'kwok.x-k8s.io/node';

/** Name of the fake node with this number, from 0. */
export function fakeNodeName(index: number): string {
  return `fake-${index}`;
}

/** Starts kwok and creates `count` nodes labelled `type: kwok`, on which every pod becomes Ready without containers. */
export async function startFakeNodes(
  options: FakeNodesOptions,
  access: ApiAccess,
  processes: Processes,
): Promise<void> {
  const [port = 0] = await findFreePorts(1);
  const config = join(options.state, 'kwok.yaml');
  const stages = execFileSync(join(options.bin, 'kwok-stages'), { encoding: 'utf8' });
  writeFileSync(config, `${JSON.stringify(kwokConfig(port), null, 2)}\n---\n${stages}`);
  processes.start('kwok', [join(options.bin, 'kwok'), `--kubeconfig=${options.kubeconfig}`, `--config=${config}`]);
  const nodes = Array.from({ length: options.count }, (_, index) => fakeNode(index, options.taint));
  await Promise.all(
    nodes.map(async (node) => {
      const answer = await callApi(access, 'POST', '/api/v1/nodes', node);
      if (answer.status !== 201) throw new Error(`creating ${node.metadata.name}: ${answer.text}`);
    }),
  );
}

function kwokConfig(port: number): unknown {
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      manageAllNodes: false,
      manageNodesWithAnnotationSelector: `${mark}=fake`,
      serverAddress: `127.0.0.1:${port}`,
      // Without leases the nodes are taken for dead, and every rollout hangs.
      nodeLeaseDurationSeconds: 40,
      // A parallelism that an options block does not name is 0, which stops that part of kwok.
      podPlayStageParallelism: 16,
      nodePlayStageParallelism: 4,
      nodeLeaseParallelism: 4,
      podsOnNodeSyncParallelism: 4,
      enablePodsOnNodeSyncListPager: true,
      enablePodsOnNodeSyncStreamWatch: false,
    },
  };
}

function fakeNode(index: number, taint: boolean) {
  const name = fakeNodeName(index);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { [mark]: 'fake' },
      labels: { type: 'kwok', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    },
    spec: taint ? { taints: [{ key: mark, value: 'fake', effect: 'NoSchedule' }] } : {},
  };
}
