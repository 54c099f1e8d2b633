import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { ClusterProxy } from './cluster-proxy.ts';
import { startClusterProxy } from './cluster-proxy.ts';

/**
 * The cluster as it is minutes later: the API server keeps no old versions any more, and all else is as before. Whoever comes is its
 * administrator.
 */
export function startForgetfulProxy(cluster: ClusterDescription): Promise<ClusterProxy> {
  return startClusterProxy(cluster, {
    intercept: ({ url }) =>
      url.includes('resourceVersionMatch=Exact')
        ? { act: 'answer', code: 410, reason: 'Expired', message: 'too old' }
        : { act: 'pass' },
  });
}
