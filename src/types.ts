/**
 * The shared vocabulary: plain JSON-safe values that flow from the cluster (or from manifests) to the views.
 * Times are RFC 3339 UTC strings as the API server wrote them; `null` means "not known", never "none".
 */
export type * from './types/bounds.ts';
export type * from './types/diff.ts';
export type * from './types/graph.ts';
export type * from './types/objects.ts';
export type * from './types/probe.ts';
export type * from './types/restart.ts';
export type * from './types/rollout.ts';
export type * from './types/status.ts';
