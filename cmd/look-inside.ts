import type { Cluster, ExecRequest } from '../src/cluster/cluster.ts';
import { ExecError } from '../src/cluster/exec-error.ts';
import { readConfigContent as readConfig } from '../src/cluster/read-config-content.ts';
import { readConfigAt } from '../src/cluster/read-config-version.ts';
import { objectKey } from '../src/objects/object-key.ts';
import type { KnownContent } from '../src/staleness/expected-content.ts';
import { readConfigContent } from '../src/staleness/expected-content.ts';
import type { ConfigHistory } from '../src/staleness/history.ts';
import type { Inside } from '../src/staleness/inside.ts';
import { lookInside } from '../src/staleness/look-inside.ts';
import type { RunResult } from '../src/staleness/observe.ts';
import type { ConfigKind, Dependency, ObjectReference } from '../src/types.ts';
import type { Scope } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/** Where to look. */
export interface LookOptions {
  now: number;
  history: ConfigHistory;
  /** Every pod, and not one of those that times cannot tell apart. */
  allPods: boolean;
  isWanted: (use: Dependency) => boolean;
  /** Say on stderr when the user may not. */
  tells: boolean;
}

/** Looks into the containers of the scope. Where the user may not, the rest goes on. */
export async function lookIntoScope(
  { cluster, graph }: Scope,
  { tells, ...options }: LookOptions,
  streams: Pick<Streams, 'interrupted' | 'stderr'>,
): Promise<Inside> {
  const signal = streams.interrupted;
  const { inside, refusal } = await lookInside(graph, {
    ...options,
    readPod: (pod) => readPod(cluster, pod, signal),
    readContent: makeReadContent(cluster, signal),
    readPast: (question) => readConfigAt(cluster, question, question.resourceVersion, signal),
    run: (pod, container) => (command) =>
      run(cluster, { namespace: pod.namespace, pod: pod.name, container, command, signal }),
  });
  if (refusal !== null && tells) streams.stderr.write(`warning: not all containers could be looked into: ${refusal}\n`);
  return inside;
}

/** By a list, which is the right that the user has shown to have; to get a pod is another one. */
export async function readPod(
  cluster: Cluster,
  { namespace, name }: ObjectReference,
  signal: AbortSignal,
): Promise<unknown> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const query = { fieldSelector: `metadata.name=${name}` };
  const { items } = await cluster.list({ path, query, form: 'full', project: (pod: unknown) => pod, signal });
  return items[0] ?? null;
}

/** Reads each config once, and keeps no value of it. */
export function makeReadContent(cluster: Cluster, signal: AbortSignal) {
  const known = new Map<string, Promise<KnownContent>>();
  const read = async (kind: ConfigKind, ref: ObjectReference): Promise<KnownContent> => {
    const raw = await readConfig(cluster, { kind, ref, resourceVersion: null }, signal);
    if (raw === 'absent') return raw;
    return raw === 'forgotten' ? 'unseen' : readConfigContent(raw, kind);
  };
  return (kind: ConfigKind, ref: ObjectReference): Promise<KnownContent> => {
    const key = objectKey(ref);
    const content = known.get(key) ?? read(kind, ref);
    known.set(key, content);
    return content;
  };
}

export async function run(cluster: Cluster, request: ExecRequest): Promise<RunResult> {
  try {
    return { result: 'ended', ...(await cluster.exec(request)) };
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    if (error.kind === 'no-command') return { result: 'no-command' };
    const { kind, message } = error;
    return { result: kind === 'forbidden' ? 'refused' : kind === 'timeout' ? 'late' : 'failed', message };
  }
}
