import { REREADS_ANNOTATION } from '../name.ts';
import type {
  ConfigObject,
  ConfigRef,
  ContainerInstance,
  Dependency,
  Graph,
  KeyWrite,
  PodObject,
  PodVerdict,
  State,
  StatusItem,
  Via,
  Workload,
} from '../types.ts';
import type { KeyChange } from './change-time.ts';
import { findKeyChange } from './change-time.ts';
import type { Freshness, Judgement } from './judge.ts';
import { judgeByTime } from './judge.ts';
import type { WriteTimeline } from './witness.ts';
import { makeTimeline } from './witness.ts';

/**
 * The state of every use of a config by a container: one item a dependency, its pods inside.
 * Uses that no container holds any content of (pull secrets, volumes that nobody mounts) are left out unless missing.
 * @param now epoch milliseconds
 */
export function judgeGraph(graph: Graph, now: number): StatusItem[] {
  const timeline = makeTimeline(witnesses(graph));
  const configs = new Map(graph.configs.map((config) => [configKey(config.ref), config]));
  const workloads = new Map(graph.workloads.map((workload) => [objectKey(workload.ref), workload]));
  return graph.dependencies.flatMap((dependency) => {
    const workload = workloads.get(objectKey(dependency.workload));
    if (workload === undefined) return [];
    const config = configs.get(configKey(dependency.config)) ?? null;
    const item = judgeDependency(dependency, workload, config, timeline, now);
    return item === null ? [] : [item];
  });
}

function* witnesses(graph: Graph) {
  for (const workload of graph.workloads) yield* workload.pods;
  for (const { resourceVersion, keys } of graph.configs) {
    yield { resourceVersion, writtenAt: newestWrite(keys) };
  }
}

function newestWrite(keys: readonly KeyWrite[]): string | null {
  return keys.reduce<string | null>(
    (newest, { at }) => (at !== null && (newest === null || at > newest) ? at : newest),
    null,
  );
}

function judgeDependency(
  dependency: Dependency,
  workload: Workload,
  config: ConfigObject | null,
  timeline: WriteTimeline,
  now: number,
): StatusItem | null {
  const missing = !dependency.optional && (dependency.exists === false || dependency.missingKeys.length > 0);
  const freshness = freshnessOf(dependency.via);
  const holdsContent = freshness !== null && (dependency.container !== null || dependency.via === 'annotation');
  if (!holdsContent && !missing) return null;

  const change = config === null ? null : findKeyChange(config, dependency.keys);
  const rereads = workload.annotations[REREADS_ANNOTATION] === 'true';
  const pods = holdsContent
    ? runningUses(workload.pods, dependency).map(({ pod, instance }): PodVerdict => {
        const judgement = missing
          ? describeMissing(dependency)
          : judgeInstance(dependency, { pod, instance, config, change, freshness, timeline, now }, rereads);
        return { name: pod.ref.name, startedAt: instance.startedAt, ...judgement };
      })
    : [];
  const worst = missing ? { name: '', startedAt: null, ...describeMissing(dependency) } : worstOf(pods);
  const { workload: owner, container, init, via, keys, at, optional } = dependency;
  return {
    workload: owner,
    container,
    init,
    config: dependency.config,
    via,
    keys,
    at,
    optional,
    state: worst.state,
    evidence: worst.evidence,
    reason: worst.reason,
    changedAt: change?.at ?? null,
    changedBy: change?.by ?? null,
    changedKeys: change === null ? [] : changedKeys(change, pods),
    pods,
  };
}

/** What becomes of the content in a running container; `null` where no container holds any. */
function freshnessOf(via: Via): Freshness | null {
  switch (via) {
    case 'env':
    case 'envFrom':
    case 'subPath':
    case 'annotation':
      return 'at-start';
    case 'volume':
    case 'projected':
      return 'rewritten';
    case 'imagePullSecret':
    case 'serviceAccount':
    case 'csi':
      return null;
    default:
      return via satisfies never;
  }
}

/** The containers that started with this use, by the pods' own specs: a pod of an older template may use other configs. */
function runningUses(pods: readonly PodObject[], use: ConfigRef): { pod: PodObject; instance: ContainerInstance }[] {
  return pods.flatMap((pod) => {
    if (pod.deleting || pod.phase === 'Succeeded' || pod.phase === 'Failed') return [];
    // An annotation names no container: the one that started first runs the oldest content.
    const instances =
      use.via === 'annotation'
        ? pod.containers
            .filter(({ init }) => !init)
            .sort(byStart)
            .slice(0, 1)
        : pod.containers.filter(
            ({ name }) => name === use.container && pod.references.some((own) => isSameUse(own, use)),
          );
    return instances.filter(({ startedAt }) => startedAt !== null).map((instance) => ({ pod, instance }));
  });
}

function byStart(a: ContainerInstance, b: ContainerInstance): number {
  return (a.startedAt ?? '') < (b.startedAt ?? '') ? -1 : 1;
}

function isSameUse(a: ConfigRef, b: ConfigRef): boolean {
  return (
    a.container === b.container &&
    a.via === b.via &&
    a.at === b.at &&
    a.config.name === b.config.name &&
    a.config.kind === b.config.kind &&
    a.keys?.join() === b.keys?.join()
  );
}

interface InstanceEvidence {
  pod: PodObject;
  instance: ContainerInstance;
  config: ConfigObject | null;
  change: KeyChange | null;
  freshness: Freshness;
  timeline: WriteTimeline;
  now: number;
}

function judgeInstance(dependency: Dependency, evidence: InstanceEvidence, rereads: boolean): Judgement {
  const { config, change } = evidence;
  if (config === null || change === null) {
    return dependency.exists === null
      ? { state: 'unknown', evidence: 'none', reason: 'it could not be read' }
      : {
          state: 'unknown',
          evidence: 'none',
          reason: 'it is optional and absent; whether it was there at the start cannot be told',
        };
  }
  const judgement = judgeByTime({ ...evidence, config, change });
  if (judgement.state === 'refreshed' && rereads) {
    return {
      ...judgement,
      state: 'current',
      reason: `the mounted files are up to date, and ${REREADS_ANNOTATION} says that it reads them again`,
    };
  }
  return judgement;
}

function describeMissing(dependency: Dependency): Judgement {
  const what = dependency.exists === false ? 'it does not exist' : `it has no key ${dependency.missingKeys.join(', ')}`;
  return { state: 'missing', evidence: 'none', reason: `${what}: the next start of this container will fail` };
}

const WORST_FIRST: readonly State[] = ['missing', 'stale', 'refreshed', 'unknown', 'pending', 'current'];

function worstOf(pods: readonly PodVerdict[]): Judgement {
  for (const state of WORST_FIRST) {
    const found = pods.find((pod) => pod.state === state);
    if (found !== undefined) return found;
  }
  return {
    state: 'current',
    evidence: 'none',
    reason: 'no container runs it; the next one starts with the content of then',
  };
}

/** Keys written since the earliest start of a container that is not current. */
function changedKeys(change: KeyChange, pods: readonly PodVerdict[]): string[] {
  const starts = pods.filter(({ state }) => state !== 'current').flatMap(({ startedAt }) => startedAt ?? []);
  const earliest = starts.sort()[0];
  if (earliest === undefined) return [];
  return change.writes.filter(({ at }) => at !== null && at >= earliest).map(({ key }) => key);
}

function objectKey(ref: { apiVersion: string; kind: string; namespace: string; name: string }): string {
  return `${ref.apiVersion} ${ref.kind} ${ref.namespace} ${ref.name}`;
}

function configKey(ref: { kind: string; namespace: string; name: string }): string {
  return `${ref.kind} ${ref.namespace} ${ref.name}`;
}
