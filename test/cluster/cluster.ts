import { buildPrograms } from './build.ts';
import { requireNode } from './node.ts';
import type { ProgramGroup } from './programs.ts';
import { newStateFolder, sweepDeadClusters } from './state.ts';
import { startSupervisor } from './supervise.ts';

/** What kind of cluster to start. */
export interface ClusterOptions {
  /** A real kubelet and containerd, as the node 127.0.0.1 (needs Linux and root). */
  node?: boolean;
  /** How many nodes without containers; with a real node beside them they carry the taint `kwok.x-k8s.io/node=fake`. */
  fakeNodes?: number;
  /** How often the kubelet looks at its pods again, which bounds how late a volume is refreshed; 5 unless told. */
  syncFrequencySeconds?: number;
  /** Pods need the ServiceAccount that they name, and wait for its token, as everywhere else; not so unless told. */
  serviceAccounts?: boolean;
  /** Is told what takes long. */
  onProgress?: (line: string) => void;
}

/** A running cluster of our own. */
export interface TestCluster {
  /** Path of a kubeconfig for the administrator (group system:masters). */
  kubeconfig: string;
  server: string;
  /** Path of the authority that signed the API server's certificate. */
  caFile: string;
  adminToken: string;
  /** Users without any right, for tests of RBAC. */
  users: { name: string; token: string }[];
  /** A client certificate for a user without any right. */
  clientCert: { user: string; certFile: string; keyFile: string };
  /** Path of the kubectl that was built with the cluster. */
  kubectl: string;
  /** Folder of all programs built for it. */
  bin: string;
  /** Stops every program and removes all traces. */
  stop(): Promise<void>;
}

/**
 * Builds what is missing and starts a cluster, which ends with `stop` or with this process, however that ends.
 * Throws a SetupError when the machine lacks something that only a person can install.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { cluster, supervisor } = await launchCluster(options, false);
  return { ...cluster, stop: () => supervisor.stop() };
}

/** Like `startCluster`, but a `detached` cluster outlives this process; its supervisor then ends on SIGTERM. */
export async function launchCluster(options: ClusterOptions, detached: boolean) {
  const { node = false, fakeNodes = 0, syncFrequencySeconds = 5, serviceAccounts = false, onProgress } = options;
  if (node) requireNode();
  const groups: ProgramGroup[] = ['control-plane'];
  if (node) groups.push('node');
  if (fakeNodes > 0) groups.push('fake-nodes');
  const bin = await buildPrograms(groups, onProgress ? { onProgress } : {});
  for (const state of await sweepDeadClusters()) onProgress?.(`removed the remains of a dead cluster in ${state}`);
  const state = newStateFolder();
  return startSupervisor({ state, bin, node, fakeNodes, syncFrequencySeconds, serviceAccounts, detached });
}
