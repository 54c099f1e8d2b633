import { REREADS_ANNOTATION } from '../name.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigObject, Dependency, Graph, KeyWrite, PodVerdict, State, StatusItem } from '../types.ts';
import type { KeyChange } from './change-time.ts';
import { findKeyChange } from './change-time.ts';
import { ConfigHistory } from './history.ts';
import { judgeInstance } from './judge-instance.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { findRunningUses, freshnessOf } from './uses.ts';
import { makeTimeline } from './witness.ts';

/** What all verdicts of one run share. */
export interface JudgeContext {
  /** Epoch milliseconds. */
  now: number;
  /** What the API told of the past; nothing by default. */
  history?: ConfigHistory;
}

/**
 * The state of every use of a config by a container: one item a dependency, its pods inside.
 * Uses that no container holds any content of (pull secrets, volumes that nobody mounts) are left out unless missing.
 */
export function judgeGraph(graph: Graph, context: JudgeContext): StatusItem[] {
  return judgeUses(graph, context).map(makeItem);
}

/** The verdicts on one use. */
export interface JudgedUse {
  dependency: Dependency;
  config: ConfigObject | null;
  change: KeyChange | null;
  verdicts: { evidence: InstanceEvidence; judgement: Judgement }[];
}

/** Every use that a container holds content of, or whose target is missing, with the verdict on each of its containers. */
export function judgeUses(graph: Graph, { now, history = new ConfigHistory() }: JudgeContext): JudgedUse[] {
  const timeline = makeTimeline(listWitnesses(graph));
  const configs = new Map(graph.configs.map((config) => [objectKey(config.ref), config]));
  const workloads = new Map(graph.workloads.map((workload) => [objectKey(workload.ref), workload]));
  return graph.dependencies.flatMap((dependency) => {
    const workload = workloads.get(objectKey(dependency.workload));
    const freshness = freshnessOf(dependency);
    if (workload === undefined || (freshness === null && !isMissing(dependency))) return [];
    const config = configs.get(objectKey(dependency.config)) ?? null;
    const change = config === null ? null : findKeyChange(config, dependency.keys);
    const rereads = workload.annotations[REREADS_ANNOTATION] === 'true';
    const running = freshness === null ? [] : findRunningUses(workload.pods, dependency);
    const verdicts = running.map((use) => {
      const evidence = {
        ...use,
        dependency,
        config,
        change,
        freshness: freshness ?? 'at-start',
        rereads,
        timeline,
        history,
        now,
      };
      return { evidence, judgement: isMissing(dependency) ? describeMissing(dependency) : judgeInstance(evidence) };
    });
    return [{ dependency, config, change, verdicts }];
  });
}

function* listWitnesses(graph: Graph) {
  for (const workload of graph.workloads) yield* workload.pods;
  for (const { resourceVersion, keys } of graph.configs) yield { resourceVersion, writtenAt: newestWrite(keys) };
}

function newestWrite(keys: readonly KeyWrite[]): string | null {
  return keys.reduce<string | null>(
    (newest, { at }) => (at !== null && (newest === null || at > newest) ? at : newest),
    null,
  );
}

/** True when the next start of a container will fail for want of this. */
function isMissing({ optional, exists, missingKeys }: Dependency): boolean {
  return !optional && (exists === false || missingKeys.length > 0);
}

function describeMissing(dependency: Dependency): Judgement {
  const what = dependency.exists === false ? 'it does not exist' : `it has no key ${dependency.missingKeys.join(', ')}`;
  return { state: 'missing', evidence: 'none', reason: `${what}: the next start of this container will fail` };
}

function makeItem({ dependency, change, verdicts }: JudgedUse): StatusItem {
  const pods = verdicts.map(
    ({ evidence: { pod, instance }, judgement: { state, evidence, reason } }): PodVerdict => ({
      name: pod.ref.name,
      state,
      evidence,
      startedAt: instance.startedAt,
      reason,
    }),
  );
  const { state, evidence, reason } = isMissing(dependency) ? describeMissing(dependency) : worstOf(pods);
  const { workload, container, init, config, via, keys, at, optional } = dependency;
  return {
    workload,
    container,
    init,
    config,
    via,
    keys,
    at,
    optional,
    state,
    evidence,
    reason,
    changedAt: change?.at ?? null,
    changedBy: change?.by ?? null,
    changedKeys: findChangedKeys(change, verdicts),
    pods,
  };
}

const WORST_FIRST: readonly State[] = ['missing', 'stale', 'refreshed', 'unknown', 'pending', 'current'];

function worstOf(pods: readonly PodVerdict[]): Judgement {
  for (const state of WORST_FIRST) {
    const found = pods.find((pod) => pod.state === state);
    if (found !== undefined) return found;
  }
  const reason = 'no container runs it; the next one starts with the content of then';
  return { state: 'current', evidence: 'none', reason };
}

/** The keys that differ, where contents were compared; otherwise those written since the start of a container that is not current. */
function findChangedKeys(change: KeyChange | null, verdicts: JudgedUse['verdicts']): string[] {
  const changed = new Set<string>();
  for (const { evidence, judgement } of verdicts) {
    if (judgement.state === 'current') continue;
    const since = evidence.instance.startedAt ?? '';
    const byTime = change?.writes.filter(({ at }) => at !== null && at >= since).map(({ key }) => key) ?? [];
    for (const key of judgement.differentKeys ?? byTime) changed.add(key);
  }
  return [...changed].sort();
}
