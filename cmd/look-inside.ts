import type { Cluster } from '../src/cluster/cluster.ts';
import { readConfigContent as readConfig } from '../src/cluster/read-config-content.ts';
import { readConfigAt } from '../src/cluster/read-config-version.ts';
import { readPods } from '../src/cluster/read-pods.ts';
import { objectKey } from '../src/objects/object-key.ts';
import type { KnownContent } from '../src/staleness/expected-content.ts';
import { readConfigContent } from '../src/staleness/expected-content.ts';
import type { ConfigHistory } from '../src/staleness/history.ts';
import type { Inside } from '../src/staleness/inside.ts';
import { lookInside } from '../src/staleness/look-inside.ts';
import type { Beside, Observers } from '../src/staleness/observe-pods.ts';
import type { ConfigKind, Dependency, ObjectReference } from '../src/types.ts';
import { escapeLines } from '../src/view/text.ts';
import type { Scope } from './read-cluster.ts';
import { runInContainer } from './run-in-container.ts';
import type { Streams } from './streams.ts';

/** Where to look. */
export interface LookOptions {
  now: number;
  history: ConfigHistory;
  /** Every pod, and not one of those that times cannot tell apart. */
  allPods: boolean;
  /** Adds ephemeral containers where the image has nothing to look with. */
  beside?: Beside | null;
  isWanted: (use: Dependency) => boolean;
  /** Say on stderr when the user may not. */
  tells: boolean;
}

/** Looks into the containers of the scope. Where the user may not, the rest goes on. */
export async function lookIntoScope(
  { cluster, graph }: Pick<Scope, 'cluster' | 'graph'>,
  { tells, beside = null, ...options }: LookOptions,
  streams: Pick<Streams, 'interrupted' | 'stderr'>,
): Promise<Inside> {
  const signal = streams.interrupted;
  const { inside, troubles } = await lookInside(graph, {
    ...options,
    ...makeObservers(cluster, beside, signal),
    announce: (pods) => {
      for (const line of describeLook(pods)) streams.stderr.write(line);
    },
    readPast: (question) => readConfigAt(cluster, question, question.resourceVersion, signal),
  });
  if (tells) for (const line of tellTroubles(troubles)) streams.stderr.write(line);
  return inside;
}

/** Pods that are looked into before a person wonders what takes so long. */
const SOON_DONE = 50;

/** What to say before so many pods are looked into; nothing where that is soon done. */
export function describeLook(pods: number): string[] {
  return pods > SOON_DONE ? [`looking into ${pods} pods...\n`] : [];
}

const TOLD = 5;

/** A warning for each trouble that a look into containers had, up to a number that a person reads. */
export function tellTroubles(troubles: readonly string[]): string[] {
  const lines = troubles.slice(0, TOLD).map((trouble) => {
    return `warning: not all containers could be looked into: ${escapeLines(trouble)}\n`;
  });
  const rest = troubles.length - TOLD;
  return rest > 0 ? [...lines, `warning: ${rest} more failed in such a way\n`] : lines;
}

/** What looks into containers by this cluster. */
export function makeObservers(cluster: Cluster, beside: Beside | null, signal: AbortSignal): Observers {
  return {
    readPods: (pods) => readPods(cluster, pods, signal),
    readContent: makeReadContent(cluster, signal),
    run: (pod, container) => (command) =>
      runInContainer(cluster, { namespace: pod.namespace, pod: pod.name, container, command, signal }),
    ...(beside && { beside }),
  };
}

/** Reads each config once, and keeps no value of it. */
function makeReadContent(cluster: Cluster, signal: AbortSignal) {
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
