import type { Cluster } from '../cluster/cluster.ts';
import { ReloadError } from '../error.ts';
import type { ObjectReference, RolloutEvent, RolloutState } from '../types.ts';
import type { Clock } from './clock.ts';
import type { GateMemory, GateOptions } from './gate.ts';
import { gateRollout } from './gate.ts';
import type { RolloutKind } from './rollout-object.ts';
import { isRolloutKind } from './rollout-object.ts';
import type { RolloutScope, RolloutSight } from './rollout-scope.ts';
import { openScope } from './rollout-scope.ts';
import { rolloutState } from './state.ts';
import { splitPods } from './template-pods.ts';

/** A workload whose rollout is to be followed. */
export interface RolloutTarget {
  ref: ObjectReference;
  /** The rollout fails when the object of this name is another one; '' takes any. */
  uid: string;
  /** The least `metadata.generation` that counts, so that an answer from before a patch is not taken for its end; 0 takes any. */
  generation: number;
}

/** How to follow. Times in milliseconds. */
export interface FollowOptions {
  clock: Clock;
  /** How long new pods must stay ready without a restart (10 s); `minReadySeconds` counts where it is longer. */
  soakMs?: number;
  /** How long a trouble that may mend itself is borne without progress (60 s). */
  graceMs?: number;
  /** Bounds the whole run; none by default. */
  timeoutMs?: number;
  /** Ends the run without a verdict. */
  signal?: AbortSignal;
  /** Believe the times in the pods: a rollout that ended some minutes ago is complete at once. Not for a restart just made. */
  trustTimes?: boolean;
  /** Watch the whole cluster instead of one namespace after another: for many namespaces, and it takes the right to. */
  allNamespaces?: boolean;
  /** What could not be read, in a sentence. */
  onWarning?: (text: string) => void;
}

/** Follows rollouts that are added as they come. */
export interface RolloutFollower {
  /** @throws ReloadError for a kind that has no rollouts */
  add(target: RolloutTarget): void;
  /** Stops all watches; nothing is emitted any more. */
  close(): void;
}

const SOAK_MS = 10_000;
const GRACE_MS = 60_000;
const FOREVER_MS = 24 * 3600_000;

/** The numbers of a rollout of which nothing has been seen. */
const NOTHING: RolloutState = {
  phase: 'waiting',
  desired: 0,
  updated: 0,
  ready: 0,
  available: 0,
  old: 0,
  message: '',
  reason: '',
};

interface Entry extends RolloutTarget {
  kind: RolloutKind;
  scope: RolloutScope;
  seen: boolean;
  memory: GateMemory | null;
  last: RolloutState | null;
  dirty: boolean;
  wakeAt: number;
}

/**
 * Starts to follow: each change of a rollout is emitted once, the last one `complete` or `failed`. Whatever a watch brings, a
 * rollout is judged anew from all that is known of it.
 *
 * @param emit gets every change
 * @param fail gets what ends the whole run: a server that is gone, a login that has run out
 */
export function startFollower(
  cluster: Cluster,
  options: FollowOptions,
  emit: (event: RolloutEvent) => void,
  fail: (error: unknown) => void,
): RolloutFollower {
  const { clock } = options;
  const closing = new AbortController();
  const scopes = new Map<string, RolloutScope>();
  const entries = new Set<Entry>();
  const deadline = options.timeoutMs ? clock.now() + options.timeoutMs : Number.POSITIVE_INFINITY;
  let wake = new AbortController();

  const close = (): void => {
    closing.abort();
    wake.abort();
  };
  options.signal?.addEventListener('abort', close, { once: true });
  if (options.signal?.aborted) close();

  function changed(uid: string | undefined): void {
    for (const entry of entries) {
      if (uid === undefined || entry.uid === '' || entry.uid === uid) entry.dirty = true;
    }
    wake.abort();
  }

  function open(namespace: string): RolloutScope {
    const known = scopes.get(namespace);
    if (known) return known;
    const scope = openScope(cluster, namespace, closing.signal, {
      changed,
      failed: (error) => {
        if (closing.signal.aborted) return;
        close();
        fail(error);
      },
      blind: (text) =>
        options.onWarning?.(
          `${text}: without pods and ReplicaSets, rollouts are judged by the status of their workloads alone`,
        ),
    });
    scopes.set(namespace, scope);
    return scope;
  }

  function tell(entry: Entry, state: RolloutState): void {
    const changed = entry.last === null || JSON.stringify(state) !== JSON.stringify(entry.last);
    entry.last = state;
    if (changed) emit({ time: new Date(clock.now()).toISOString(), workload: entry.ref, ...state });
    if (state.phase === 'complete' || state.phase === 'failed') entries.delete(entry);
  }

  function look(entry: Entry, now: number): void {
    entry.dirty = false;
    entry.wakeAt = Number.POSITIVE_INFINITY;
    const sight = entry.scope.look(entry.ref, entry.kind);
    if (sight === null) return;
    const { object, owners } = sight;
    const loss = findLoss(entry, sight);
    if (loss !== null) tell(entry, { ...(entry.last ?? NOTHING), phase: 'failed', ...loss });
    if (loss !== null || !object) return;
    entry.seen = true;
    entry.uid ||= object.metadata.uid ?? '';
    if ((object.metadata.generation ?? 0) < entry.generation) return;
    const pods = sight.pods && splitPods(object, sight.pods, owners);
    const soakMs = Math.max(options.soakMs ?? SOAK_MS, (object.spec?.minReadySeconds ?? 0) * 1000);
    const gate: GateOptions = { soakMs, graceMs: options.graceMs ?? GRACE_MS, trustTimes: options.trustTimes ?? false };
    const result = gateRollout(rolloutState(object, pods), pods?.updated ?? null, entry.memory, now, gate);
    entry.memory = result.memory;
    entry.wakeAt = result.wakeAt ?? Number.POSITIVE_INFINITY;
    tell(entry, result.state);
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      wake = new AbortController();
      const now = clock.now();
      let next = now < deadline ? deadline : Number.POSITIVE_INFINITY;
      for (const entry of entries) {
        if (now >= deadline) tell(entry, timedOut(entry.last ?? NOTHING, options.timeoutMs ?? 0));
        else if (entry.dirty || entry.wakeAt <= now) look(entry, now);
        next = Math.min(next, entry.wakeAt);
      }
      if (closing.signal.aborted) return;
      await clock.sleep(Number.isFinite(next) ? Math.max(0, next - clock.now()) : FOREVER_MS, wake.signal);
    }
  }
  run().catch((error: unknown) => {
    close();
    fail(error);
  });

  return {
    add(target) {
      const { kind } = target.ref;
      if (!isRolloutKind(kind))
        throw new ReloadError(`${kind} ${target.ref.name} has no rollout that could be followed`);
      const scope = open(options.allNamespaces ? '' : target.ref.namespace);
      entries.add({ ...target, kind, scope, seen: false, memory: null, last: null, dirty: true, wakeAt: 0 });
      scope.watch(target.ref.apiVersion, kind);
      wake.abort();
    },
    close,
  };
}

/** Why there is nothing left to follow; `null` when there is. */
function findLoss(entry: Entry, { object, refused }: RolloutSight): { reason: string; message: string } | null {
  const what = `${entry.ref.kind.toLowerCase()} ${JSON.stringify(entry.ref.name)}`;
  if (refused) return { ...refused, message: `${what} cannot be followed: ${refused.message}` };
  if (!object && entry.seen) return { reason: 'Deleted', message: `${what} has been deleted` };
  if (!object) return { reason: 'NotFound', message: `${what} not found` };
  if (entry.uid !== '' && object.metadata.uid !== entry.uid) {
    return { reason: 'Recreated', message: `${what} has been deleted and created again` };
  }
  return object.metadata.deletionTimestamp ? { reason: 'Deleted', message: `${what} is being deleted` } : null;
}

function timedOut(last: RolloutState, timeoutMs: number): RolloutState {
  const message = `timed out after ${Math.round(timeoutMs / 1000)}s${last.message === '' ? '' : `: ${last.message}`}`;
  return { ...last, phase: 'failed', reason: last.reason || 'TimedOut', message };
}
