/** The names that users see: one place, so that a new domain is one edit. */
export const PROGRAM = 'kubectl reload';

const DOMAIN = 'kubectl-reload.dev';

/** `apiVersion` of every JSON report. */
export const REPORT_API_VERSION = `${DOMAIN}/v1alpha1`;

/** What our restart recorded, on the pod template. */
export const STAMP_ANNOTATION = `${DOMAIN}/config`;
/** Order of restarts, an integer on a workload. */
export const WAVE_ANNOTATION = `${DOMAIN}/wave`;
/** `"true"` on a workload that re-reads mounted files by itself. */
export const REREADS_ANNOTATION = `${DOMAIN}/rereads`;
/** On a workload a list `configmap/a,secret/b`; on a config `"true"`. */
export const IGNORE_ANNOTATION = `${DOMAIN}/ignore`;
/** On a pod template, what `probe inject` put into it and what was there before. */
export const PROBE_ANNOTATION = `${DOMAIN}/probe`;
/** The ConfigMaps that carry the probe begin so. */
export const PROBE_CONFIG_MAP = 'kubectl-reload-probe';
/** Volumes of `probe inject` begin so. */
export const PROBE_VOLUME_PREFIX = 'kubectl-reload-';
/** The annotation of `kubectl rollout restart`, so that kubectl's own tools understand our restarts. */
export const RESTARTED_AT_ANNOTATION = 'kubectl.kubernetes.io/restartedAt';

/** Never begins with `kubectl`: Flux takes over managers with that prefix and removes what they wrote. */
export const FIELD_MANAGER = 'config-reload';

/** Environment variable: how long a completion may wait for the cluster (`1s`). */
export const COMPLETION_TIMEOUT = 'KUBECTL_RELOAD_COMPLETION_TIMEOUT';
