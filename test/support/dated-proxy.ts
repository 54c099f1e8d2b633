import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { ClusterProxy } from './cluster-proxy.ts';
import { startClusterProxy } from './cluster-proxy.ts';

/**
 * The cluster, which tells with every answer that its clock is ahead of what it is by so many milliseconds; `null` tells nothing of it.
 * What stands in objects stays as it is. Whoever comes is its administrator.
 */
export function startDatedProxy(cluster: ClusterDescription, ahead: number | null): Promise<ClusterProxy> {
  return startClusterProxy(cluster, {
    watch(_, { headers }) {
      if (ahead === null) delete headers.date;
      else headers.date = new Date(Date.now() + ahead).toUTCString();
    },
  });
}
