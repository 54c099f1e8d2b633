/** Environment variable that passes the description of a running cluster, as JSON, on to tests. */
export const clusterVariable = 'KUBECTL_RELOAD_TEST_CLUSTER';
