import { describe, expect, test } from 'bun:test';
import type { EvictionDecision } from '../../../src/restart/decide-eviction.ts';
import { decideEviction } from '../../../src/restart/decide-eviction.ts';
import { startEviction } from '../../../src/restart/eviction-state.ts';
import type { GateMemory } from '../../../src/rollout/gate.ts';
import type { RolloutCondition } from '../../../src/rollout/rollout-object.ts';
import type { RolloutPod } from '../../../src/rollout/rollout-pod.ts';
import { makeContainer, makeExit, makeRolloutPod } from '../rollout/make-rollouts.ts';

const OPTIONS = { soakMs: 10_000, graceMs: 60_000, stallMs: 600_000, trustTimes: false };
const old = (name: string, overrides: Partial<RolloutPod> = {}) =>
  makeRolloutPod({ name, uid: `old-${name}`, ...overrides });
const fresh = (name: string, overrides: Partial<RolloutPod> = {}) =>
  makeRolloutPod({ name, uid: `new-${name}`, ...overrides });

/** Evicts pods as the decisions say, over looks that a test gives. */
function evict(pods: RolloutPod[], targets = pods.map(({ uid }) => uid), desired = pods.length) {
  const start = startEviction(targets, pods);
  const evicted = new Set<string>();
  let memory: GateMemory | null = null;
  let now = 0;
  return {
    look(seen: RolloutPod[], at = now, wanted = desired, conditions: RolloutCondition[] = []): string {
      now = at;
      const look = { desired: wanted, conditions, pods: seen, evicted };
      const decision: EvictionDecision = decideEviction(start, look, memory, now, OPTIONS);
      if (decision.act !== 'end') memory = decision.memory;
      if (decision.act === 'evict') {
        evicted.add(decision.pod.uid);
        return `evict ${decision.pod.name}`;
      }
      const { phase, message, reason } = decision.state;
      return decision.act === 'wait' ? `wait: ${message}` : `${phase} ${reason}: ${message}`;
    },
  };
}

describe('an eviction', () => {
  test('takes the next pod when the one for the last has been up for the soak time, and ends after the last', () => {
    const [a, b] = [old('a'), old('b')];
    const { look } = evict([a, b]);
    expect(look([a, b], 0)).toBe('evict a');
    expect(look([a, b], 1)).toBe('wait: 0 of 2 pods evicted, waiting for a to end...');
    expect(look([{ ...a, deleting: true }, b, fresh('c')], 2)).toBe(
      'wait: 0 of 2 pods evicted, waiting for a to end...',
    );
    expect(look([b], 3)).toBe('wait: 1 of 2 pods evicted, waiting for a new pod to be made...');
    expect(look([b, fresh('c', { ready: false })], 4)).toBe('wait: 1 of 2 pods evicted, waiting for c to be ready...');
    expect(look([b, fresh('c')], 1000)).toBe('wait: Waiting for 1 new pods to stay ready for 10s...');
    expect(look([b, fresh('c')], 10_999)).toStartWith('wait: ');
    expect(look([b, fresh('c')], 11_000)).toBe('evict b');
    expect(look([fresh('c'), fresh('d')], 12_000)).toStartWith('wait: ');
    expect(look([fresh('c'), fresh('d')], 22_000)).toBe('complete : 2 of 2 pods evicted');
  });

  test('begins the soak time anew when a new pod has restarted', () => {
    const a = old('a');
    const { look } = evict([a, old('x')], [a.uid]);
    expect(look([a, old('x')], 0)).toBe('evict a');
    expect(look([fresh('b'), old('x')], 1000)).toStartWith('wait: ');
    const restarted = fresh('b', { containers: [makeContainer({ restartCount: 1 })] });
    expect(look([restarted, old('x')], 9000)).toStartWith('wait: ');
    expect(look([restarted, old('x')], 18_999)).toStartWith('wait: ');
    expect(look([restarted, old('x')], 19_000)).toBe('complete : 1 of 1 pods evicted');
  });

  test('takes a pod that is not ready first, and does not wait for its like to be ready again', () => {
    const [a, b, c] = [old('a'), old('b', { ready: false }), old('c')];
    const { look } = evict([a, b, c]);
    expect(look([a, b, c], 0)).toBe('evict b');
    expect(look([a, c, fresh('d')], 1000)).toStartWith('wait: ');
    expect(look([{ ...a, ready: false }, c, fresh('d')], 11_000)).toBe('evict a');
  });

  test('takes a pod that is not ready any more though fewer are ready than before', () => {
    const [a, b, c] = [old('a'), old('b'), old('c')];
    const { look } = evict([a, b, c]);
    expect(look([a, b, c], 0)).toBe('evict a');
    expect(look([{ ...b, ready: false }, c, fresh('d')], 1000)).toStartWith('wait: ');
    expect(look([{ ...b, ready: false }, c, fresh('d')], 11_000)).toBe('evict b');
  });

  test('waits for as many ready pods as there were, whichever they are', () => {
    const [a, other] = [old('a'), old('other')];
    const { look } = evict([a, other], [a.uid, 'old-b']);
    expect(look([a, { ...other, ready: false }], 0)).toBe(
      'wait: 1 of 2 pods evicted, waiting for other pods to be ready...',
    );
    expect(look([a, other], 1)).toBe('evict a');
  });

  test('asks for no more pods than the workload wants by now', () => {
    const [a, b] = [old('a'), old('b')];
    const { look } = evict([a, b], [a.uid, b.uid]);
    expect(look([a, b], 0)).toBe('evict a');
    expect(look([b], 1, 1)).toBe('evict b');
  });

  test('fails at once for a trouble that cannot mend itself, and leaves the others alone', () => {
    const [a, b] = [old('a'), old('b')];
    const { look } = evict([a, b]);
    expect(look([a, b], 0)).toBe('evict a');
    const crashing = makeContainer({
      ready: false,
      restartCount: 1,
      startedAt: null,
      terminated: makeExit(),
      last: makeExit(),
    });
    expect(look([b, fresh('c', { ready: false, containers: [crashing] })], 1)).toBe(
      'failed Error: pod c, container app exited 1 (1 restart)',
    );
  });

  test('does not count what is wrong with a pod that is still to be evicted', () => {
    const crashing = makeContainer({
      ready: false,
      restartCount: 1,
      startedAt: null,
      terminated: makeExit(),
      last: makeExit(),
    });
    const [a, b] = [old('a'), old('b')];
    const { look } = evict([a, b]);
    expect(look([a, b], 0)).toBe('evict a');
    const bad = { ...b, ready: false, containers: [crashing] };
    expect(look([bad, fresh('c', { ready: false })], 1)).toBe(
      'wait: 1 of 2 pods evicted, waiting for c to be ready...',
    );
  });

  test('fails after the grace time when no new pod is made, with the reason of the controller where it has one', () => {
    const a = old('a');
    const { look } = evict([a]);
    expect(look([a], 0)).toBe('evict a');
    expect(look([], 1)).toStartWith('wait: ');
    expect(look([], 60_001)).toBe(
      'failed NoReplacement: no progress for 60s (--grace): 1 of 1 pods evicted, waiting for a new pod to be made...',
    );
    const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota: q' };
    const second = evict([a]);
    second.look([a], 0);
    expect(second.look([], 1, 1, [condition])).toContain('exceeded quota: q');
  });

  test('fails after the time for progress when a new pod does not get ready and nothing says why', () => {
    const a = old('a');
    const { look } = evict([a]);
    look([a], 0);
    expect(look([fresh('b', { ready: false })], 1)).toStartWith('wait: ');
    expect(look([fresh('b', { ready: false })], 599_000)).toStartWith('wait: ');
    expect(look([fresh('b', { ready: false })], 600_001)).toStartWith('failed ProgressDeadlineExceeded: ');
  });

  test('has nothing to do where the pods of the plan are gone', () => {
    const { look } = evict([fresh('a')], ['old-a']);
    expect(look([fresh('a')], 0)).toBe('complete : 1 of 1 pods evicted');
  });
});
