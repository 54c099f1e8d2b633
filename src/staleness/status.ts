import { collectNowAndThen } from '../collect-garbage.ts';
import { REREADS_ANNOTATION } from '../name.ts';
import type { ConfigObject, Dependency, Graph, PodVerdict, State, StatusItem } from '../types.ts';
import type { KeyChange } from './change-time.ts';
import { findKeyChange } from './change-time.ts';
import type { GraphIndex } from './graph-index.ts';
import { indexGraph } from './graph-index.ts';
import { ConfigHistory } from './history.ts';
import type { Inside } from './inside.ts';
import { judgeInstance } from './judge-instance.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { nameSome } from './name-some.ts';
import { findRunningUses, freshnessOf, keysThatMatter } from './uses.ts';

/** What all verdicts of one run share. */
export interface JudgeContext {
  /** Epoch milliseconds. */
  now: number;
  /** What the API told of the past; nothing by default. */
  history?: ConfigHistory;
  /** What was seen in containers; nothing by default. */
  inside?: Inside;
  /** Of the graph; made when it is not given. */
  index?: GraphIndex;
}

/**
 * The state of every use of a config by a container: one item a dependency, its pods inside.
 * Uses that no container holds any content of (pull secrets, volumes that nobody mounts) are left out unless missing.
 */
export function judgeGraph(graph: Graph, context: JudgeContext): StatusItem[] {
  const blind = findBlindKinds(graph);
  return Array.from(judgeUses(graph, context), (use) => makeItem(use, blind.has(use.dependency.workload.kind)));
}

/** The verdicts on one use. */
export interface JudgedUse {
  dependency: Dependency;
  config: ConfigObject | null;
  change: KeyChange | null;
  verdicts: { evidence: InstanceEvidence; judgement: Judgement }[];
}

/**
 * Every use that a container holds content of, or whose target is missing, with the verdict on each of its containers. One after another:
 * what the verdicts of a large cluster rest on is more than they are.
 */
export function* judgeUses(
  graph: Graph,
  { now, history = new ConfigHistory(), inside, index = indexGraph(graph) }: JudgeContext,
): Generator<JudgedUse> {
  const { timeline } = index;
  for (const dependency of graph.dependencies) {
    collectNowAndThen();
    const workload = index.findWorkload(dependency.workload);
    const freshness = freshnessOf(dependency);
    if (workload === undefined || (freshness === null && !isMissing(dependency))) continue;
    const config = index.findConfig(dependency.config) ?? null;
    const recreated = index.isRecreated(dependency.config);
    const change = config === null ? null : findKeyChange(config, keysThatMatter(dependency));
    const rereads = workload.annotations[REREADS_ANNOTATION] === 'true';
    const running = freshness === null ? [] : findRunningUses(workload.pods, dependency);
    const verdicts = running.map((use) => {
      const clock = index.findClock(use.pod.nodeName ?? '');
      const evidence = {
        ...use,
        dependency,
        config,
        change,
        // The kubelet never looks at an immutable config again.
        freshness: config?.immutable === true ? 'at-start' : (freshness ?? 'at-start'),
        rereads,
        recreated,
        timeline,
        history,
        now,
        ...(inside && { inside }),
        ...(clock && { clock }),
      };
      return { evidence, judgement: isMissing(dependency) ? describeMissing(dependency) : judgeInstance(evidence) };
    });
    yield { dependency, config, change, verdicts };
  }
}

/** True when the next start of a container will fail for want of this. */
function isMissing({ optional, exists, missingKeys }: Dependency): boolean {
  return !optional && (exists === false || missingKeys.length > 0);
}

function describeMissing(dependency: Dependency): Judgement {
  const what = dependency.exists === false ? 'it does not exist' : `it has no key ${nameSome(dependency.missingKeys)}`;
  return { state: 'missing', evidence: 'none', reason: `${what}: the next start of this container will fail` };
}

/** The workloads whose pods are found by the kind in between. */
const ABOVE: ReadonlyMap<string, readonly string[]> = new Map([
  ['ReplicaSet', ['Deployment', 'Rollout']],
  ['Job', ['CronJob']],
  ['ReplicationController', ['DeploymentConfig']],
]);

/** Kinds of workloads whose pods could not be found for want of rights: nothing may be concluded from their absence. */
function findBlindKinds({ unseen, workloads }: Graph): Set<string> {
  if (unseen.some(({ kind }) => kind === 'Pod')) return new Set(workloads.map(({ ref }) => ref.kind));
  return new Set(unseen.flatMap(({ kind }) => ABOVE.get(kind) ?? []));
}

function makeItem({ dependency, change, verdicts }: JudgedUse, blind: boolean): StatusItem {
  const pods = verdicts.map(
    ({ evidence: { pod, instance }, judgement: { state, evidence, reason } }): PodVerdict => ({
      name: pod.ref.name,
      state,
      evidence,
      startedAt: instance.startedAt,
      reason,
      ...(instance.probeReason !== undefined && {
        probeRestart: { at: instance.previousEndedAt, reason: instance.probeReason },
      }),
    }),
  );
  const { state, evidence, reason } = isMissing(dependency) ? describeMissing(dependency) : worstOf(pods, blind);
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

/** Of the states of several containers the first one here is told of them together. */
export const WORST_FIRST: readonly State[] = ['missing', 'stale', 'refreshed', 'unknown', 'pending', 'current'];

function worstOf(pods: readonly PodVerdict[], blind: boolean): Judgement {
  for (const state of WORST_FIRST) {
    const found = pods.find((pod) => pod.state === state);
    if (found !== undefined) return found;
  }
  if (blind) return { state: 'unknown', evidence: 'none', reason: 'its pods could not be read' };
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
