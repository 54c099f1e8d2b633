import type { Cluster } from '../cluster/cluster.ts';
import { isJsonObject } from '../objects/json.ts';
import type { Clock } from '../rollout/clock.ts';
import type { GateMemory } from '../rollout/gate.ts';
import type { RolloutVerdict } from '../rollout/verdict.ts';
import type { RestartStep } from '../types.ts';
import type { EvictionDecision } from './decide-eviction.ts';
import { decideEviction } from './decide-eviction.ts';
import { evictPod } from './evict-pod.ts';
import type { EvictionStart } from './eviction-state.ts';
import { startEviction } from './eviction-state.ts';
import { formatSelector } from './format-selector.ts';
import { requestPatiently } from './request-patiently.ts';
import { workloadPath } from './send-patch.ts';
import { nameObject } from './targets.ts';
import type { EvictedWorkload, EvictionSight } from './watch-eviction.ts';
import { isRefusal, watchEviction } from './watch-eviction.ts';

/** How to evict. Times in milliseconds. */
export interface EvictOptions {
  clock: Clock;
  soakMs: number;
  graceMs: number;
  /** When to give up, since 1970. */
  deadline: number;
  signal: AbortSignal;
  /** Gets every change but the last. */
  tell: (state: RolloutVerdict) => void;
}

/**
 * Replaces the pods of a step through the eviction API, one at a time: the next goes when what came for the one before is healthy and
 * as many pods are ready as were before. Budgets are honoured, and the template is not touched.
 * @returns how it ended, `complete` or `failed`; `null` when the signal was aborted
 * @throws what is no answer about this workload: no login, no connection
 */
export async function evictPods(
  cluster: Cluster,
  step: RestartStep,
  options: EvictOptions,
): Promise<RolloutVerdict | null> {
  const closing = new AbortController();
  const close = (): void => closing.abort();
  options.signal.addEventListener('abort', close, { once: true });
  if (options.signal.aborted) close();
  try {
    return await evictAll(cluster, step, { ...options, signal: closing.signal });
  } catch (error) {
    if (closing.signal.aborted) return null;
    if (!isRefusal(error)) throw error;
    const message = `the pods of ${nameObject(step.workload)} cannot be evicted: ${error.message}`;
    return failed(beforeAll(step), error.reason, message);
  } finally {
    close();
    options.signal.removeEventListener('abort', close);
  }
}

async function evictAll(cluster: Cluster, step: RestartStep, options: EvictOptions): Promise<RolloutVerdict | null> {
  const { clock, signal, deadline } = options;
  const raw = await requestPatiently<unknown>(cluster, { path: workloadPath(step.workload) }, options);
  let wake = new AbortController();
  const rouse = (): void => wake.abort();
  signal.addEventListener('abort', rouse, { once: true });
  const watch = watchEviction(cluster, step.workload, formatSelector(isJsonObject(raw) ? raw : {}), signal, rouse);

  const decide = makeDecide(step, options);
  let block: Block | null = null;
  let last = beforeAll(step);
  const tell = (state: RolloutVerdict): void => {
    if (JSON.stringify(state) !== JSON.stringify(last)) options.tell(state);
    last = state;
  };
  tell({ ...last, message: `evicting ${describePods(step)}` });

  while (!signal.aborted) {
    wake = new AbortController();
    const now = clock.now();
    if (now >= deadline) return failed(last, last.reason || 'TimedOut', `timed out: ${last.message}`);
    let wakeAt = deadline;
    const sight = watch.look();
    const decision = sight && decide.next(sight, now);
    if (decision?.act === 'end') return decision.state;
    if (decision?.act === 'wait') {
      tell(decision.state);
      wakeAt = Math.min(wakeAt, decision.wakeAt);
    }
    if (sight && decision?.act === 'evict') {
      if (block && now >= block.since + options.graceMs) {
        return failed(decision.state, BUDGET, `no progress for ${options.graceMs / 1000}s (--grace): ${block.message}`);
      }
      if (block === null || now >= block.until) {
        const eviction = await evictPod(cluster, step.workload.namespace, decision.pod, options);
        if (eviction.result === 'refused') return failed(decision.state, eviction.reason, eviction.message);
        if (eviction.result === 'perhaps') {
          const end = failed(decision.state, 'Unconfirmed', eviction.message);
          // Thrown it would be told as one of all pods.
          if (isRefusal(eviction.error)) return end;
          tell(end);
          throw eviction.error;
        }
        if (eviction.result === 'going') {
          decide.evicted(decision.pod.uid, clock.now());
          // At once: when the watch tells of it, it may be gone, or this may be over.
          const { act, state } = decide.next(sight, clock.now());
          if (act === 'wait') tell(state);
          block = null;
          continue;
        }
        block = prolong(block, eviction.message, clock.now());
        const message = `${decision.state.message}: ${block.message}`;
        tell({ ...decision.state, phase: 'progressing', reason: BUDGET, message });
      }
      wakeAt = Math.min(wakeAt, block.until, block.since + options.graceMs);
    }
    await clock.sleep(Math.min(Math.max(0, wakeAt - clock.now()), FOREVER_MS), wake.signal);
  }
  return null;
}

const FOREVER_MS = 24 * 3600_000;
const BUDGET = 'DisruptionBudget';
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

/** A disruption budget that does not allow an eviction: since when, and when to ask again. */
interface Block {
  message: string;
  since: number;
  pause: number;
  until: number;
}

function prolong(block: Block | null, message: string, now: number): Block {
  const pause = block === null ? FIRST_PAUSE_MS : Math.min(2 * block.pause, LONGEST_PAUSE_MS);
  return { message, since: block?.since ?? now, pause, until: now + pause };
}

/** Decides from one look to the next, and remembers what a look does not show. */
function makeDecide(step: RestartStep, options: EvictOptions) {
  const evicted = new Set<string>();
  let start: EvictionStart | null = null;
  let memory: GateMemory | null = null;
  return {
    evicted(uid: string, now: number): void {
      evicted.add(uid);
      // What the next pod needs is no fault of the one before.
      if (memory) memory = { ...memory, progressAt: now };
    },
    next({ workload, pods }: EvictionSight, now: number): EvictionDecision {
      const loss = findLoss(step, workload);
      if (loss !== null || workload === null) {
        return { act: 'end', state: failed(beforeAll(step), loss?.reason ?? '', loss?.message ?? '') };
      }
      const { desired, conditions } = workload;
      start ??= startEviction(
        (step.evict ?? []).map(({ uid }) => uid),
        pods,
      );
      const decision = decideEviction(start, { desired, conditions, pods, evicted }, memory, now, {
        soakMs: Math.max(options.soakMs, workload.minReadySeconds * 1000),
        graceMs: options.graceMs,
        stallMs: workload.progressDeadline * 1000,
        trustTimes: false,
      });
      if (decision.act !== 'end') memory = decision.memory;
      return decision;
    },
  };
}

/** Why there is nothing left to evict; `null` when there is. */
function findLoss(step: RestartStep, workload: EvictedWorkload | null): { reason: string; message: string } | null {
  const name = nameObject(step.workload);
  if (workload === null) return { reason: 'NotFound', message: `${name} does not exist any more` };
  if (workload.uid !== step.uid) {
    return {
      reason: 'Recreated',
      message: `${name} has been deleted and created again since the plan was made: run the command again`,
    };
  }
  return workload.deleting ? { reason: 'Deleted', message: `${name} is being deleted` } : null;
}

function beforeAll({ pods, evict = [] }: RestartStep): RolloutVerdict {
  const counts = { desired: pods, updated: 0, ready: pods, available: pods, old: evict.length };
  return { phase: 'waiting', ...counts, message: '', reason: '' };
}

function describePods({ evict = [] }: RestartStep): string {
  return evict.length === 1 ? '1 pod' : `${evict.length} pods, one at a time`;
}

function failed(state: RolloutVerdict, reason: string, message: string): RolloutVerdict {
  return { ...state, phase: 'failed', reason, message };
}
