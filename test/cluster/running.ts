import { dirname } from 'node:path';
import { readRecord } from './record.ts';
import { findSupervisor } from './state.ts';
import type { ClusterDescription } from './supervisor-report.ts';

/** A cluster that was started by hand and is up. */
export interface Running {
  cluster: ClusterDescription;
  state: string;
  supervisor: number;
}

/** The cluster that was started by hand, if it is up. It is looked up by its state folder: a recorded pid could be that of another program by now. */
export function findRunning(): Running | undefined {
  const cluster = readRecord();
  if (cluster === undefined) return undefined;
  const state = dirname(cluster.kubeconfig);
  const supervisor = findSupervisor(state);
  return supervisor === undefined ? undefined : { cluster, state, supervisor };
}
