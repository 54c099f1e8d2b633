import type { Cluster } from '../cluster/cluster.ts';
import type { ObjectReference, RolloutEvent, RolloutState } from '../types.ts';
import type { Clock } from './clock.ts';
import type { SuspectContainer } from './failure.ts';
import { readFailureLog } from './failure-log.ts';
import type { RolloutScope } from './rollout-scope.ts';
import { openScope } from './rollout-scope.ts';
import type { RolloutVerdict } from './verdict.ts';
import type { RolloutTarget, WatchedRollout } from './watched-rollout.ts';
import { makeWatchedRollout } from './watched-rollout.ts';

export type { RolloutTarget } from './watched-rollout.ts';

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
  /**
   * Believe the times in the pods: a rollout that ended some minutes ago is complete at once. Only with the clock of the server; not for a
   * restart just made.
   */
  trustTimes?: boolean;
  /** Tell the state of each, and no change of it. */
  once?: boolean;
  /** Watch the whole cluster instead of one namespace after another: for many namespaces, and it takes the right to. */
  allNamespaces?: boolean;
  /** What could not be read, in a sentence. */
  onWarning?: (text: string) => void;
}

/** Follows rollouts that are added as they come. */
export interface RolloutFollower {
  /** @throws ReloadError for a kind that has no rollouts */
  add(target: RolloutTarget): void;
  /** Stops all watches. A verdict that still waits for a log is emitted without it, and then nothing any more. */
  close(): void;
}

const SOAK_MS = 10_000;
const GRACE_MS = 60_000;
const FOREVER_MS = 24 * 3600_000;

interface Entry {
  rollout: WatchedRollout;
  scope: RolloutScope;
  dirty: boolean;
  /** What was told last. */
  told: string;
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

  /** Verdicts that wait for the log of what failed. */
  const unsaid = new Set<RolloutEvent>();
  const close = (): void => {
    const rest = [...unsaid];
    unsaid.clear();
    closing.abort();
    wake.abort();
    rest.forEach(emit);
  };
  options.signal?.addEventListener('abort', close, { once: true });
  if (options.signal?.aborted) close();
  const end = (error: unknown): void => {
    if (closing.signal.aborted) return;
    close();
    fail(error);
  };

  function changed(uid: string | undefined): void {
    for (const entry of entries) if (uid === undefined || entry.rollout.isOf(uid)) entry.dirty = true;
    wake.abort();
  }

  function open(namespace: string): RolloutScope {
    const known = scopes.get(namespace);
    if (known) return known;
    const scope = openScope(cluster, namespace, closing.signal, {
      changed,
      failed: end,
      blind: (text) =>
        options.onWarning?.(
          `${text}: without pods and ReplicaSets, rollouts are judged by the status of their workloads alone`,
        ),
    });
    scopes.set(namespace, scope);
    return scope;
  }

  function tell(entry: Entry, { suspect, ...state }: RolloutVerdict): void {
    const isEnd = state.phase === 'complete' || state.phase === 'failed';
    const text = JSON.stringify(state);
    if (text === entry.told) return;
    entry.told = text;
    const { ref } = entry.rollout;
    if (isEnd || options.once) entries.delete(entry);
    if (state.phase === 'failed' && suspect) tellWithLog(ref, state, suspect).catch(end);
    else emit(eventOf(ref, state));
  }

  async function tellWithLog(ref: ObjectReference, state: RolloutState, suspect: SuspectContainer): Promise<void> {
    const { namespace } = ref;
    const event = { ...eventOf(ref, state), suspect };
    unsaid.add(event);
    const log = await readFailureLog(suspect, { cluster, clock, namespace, signal: closing.signal });
    if (unsaid.delete(event)) emit({ ...event, ...eventOf(ref, state), ...(log.length > 0 && { log }) });
  }

  /** Its time is that of the telling, so that the times of all rollouts follow each other. */
  function eventOf(workload: ObjectReference, state: RolloutState): RolloutEvent {
    return { time: new Date(clock.now()).toISOString(), workload, ...state };
  }

  function visit(entry: Entry, now: number): void {
    const { rollout, scope, dirty } = entry;
    if (now >= deadline) tell(entry, rollout.timeOut(options.timeoutMs ?? 0));
    else if (dirty || rollout.wakeAt <= now) {
      entry.dirty = false;
      const state = rollout.look(scope.look(rollout.ref, rollout.kind), now);
      if (state) tell(entry, state);
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      wake = new AbortController();
      const now = clock.now();
      let next = now < deadline ? deadline : Number.POSITIVE_INFINITY;
      for (const entry of entries) {
        visit(entry, now);
        next = Math.min(next, entry.rollout.wakeAt);
      }
      if (closing.signal.aborted) return;
      await clock.sleep(Number.isFinite(next) ? Math.max(0, next - clock.now()) : FOREVER_MS, wake.signal);
    }
  }
  run().catch(end);

  return {
    add(target) {
      const gate = {
        soakMs: options.soakMs ?? SOAK_MS,
        graceMs: options.graceMs ?? GRACE_MS,
        trustTimes: options.trustTimes ?? false,
      };
      const rollout = makeWatchedRollout(target, gate, clock.now());
      const scope = open(options.allNamespaces ? '' : target.ref.namespace);
      entries.add({ rollout, scope, dirty: true, told: '' });
      scope.watch(target.ref.apiVersion, rollout.kind);
      wake.abort();
    },
    close,
  };
}
