import type { TestCluster } from './cluster.ts';

/** What a supervisor is asked to run; given as JSON in its first argument. */
export interface SupervisorOptions {
  /** State folder, which the supervisor makes. */
  state: string;
  bin: string;
  node: boolean;
  fakeNodes: number;
  syncFrequencySeconds: number;
  serviceAccounts: boolean;
  /** Lives on without its owner, until SIGTERM. */
  detached: boolean;
}

/** A cluster without the means to stop it: plain data that can be passed on. */
export type ClusterDescription = Omit<TestCluster, 'stop'>;

/** The one line that a supervisor prints. */
export type SupervisorReport =
  | { kind: 'ready'; cluster: ClusterDescription }
  | { kind: 'failed'; message: string; setup: boolean };
