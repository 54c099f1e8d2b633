import { describe, expect, test } from 'bun:test';
import type { GateOptions, GateResult } from '../../../src/rollout/gate.ts';
import { gateRollout } from '../../../src/rollout/gate.ts';
import type { RolloutPod } from '../../../src/rollout/rollout-pod.ts';
import type { RolloutState } from '../../../src/types.ts';
import { makeContainer, makePods, makeRolloutPod } from './make-rollouts.ts';

const START = Date.parse('2026-01-01T10:00:10Z');
const options: GateOptions = { soakMs: 10_000, graceMs: 60_000, stallMs: 600_000, trustTimes: false };

function makeState(overrides: Partial<RolloutState> = {}): RolloutState {
  return {
    phase: 'complete',
    desired: 2,
    updated: 2,
    ready: 2,
    available: 2,
    old: 0,
    message: 'done',
    reason: '',
    ...overrides,
  };
}

/** Looks at each of these in turn, at its second after the start, with the memory of the one before. */
function lookAt(
  looks: readonly { at: number; state?: Partial<RolloutState>; pods?: readonly RolloutPod[] | null }[],
  with_: Partial<GateOptions> = {},
): GateResult[] {
  const results: GateResult[] = [];
  for (const { at, state, pods = makePods(2) } of looks) {
    const memory = results.at(-1)?.memory ?? null;
    results.push(gateRollout(makeState(state), pods, memory, START + at * 1000, { ...options, ...with_ }));
  }
  return results;
}

describe('a rollout that is complete by its objects', () => {
  test('is held back until its pods have stayed ready for the soak time', () => {
    const [first, early, late] = lookAt([{ at: 0 }, { at: 9.9 }, { at: 10 }]);
    expect(first?.state).toMatchObject({
      phase: 'progressing',
      message: 'Waiting for 2 new pods to stay ready for 10s...',
    });
    expect(first?.wakeAt).toBe(START + 10_000);
    expect(early?.state.phase).toBe('progressing');
    expect(late).toMatchObject({ state: { phase: 'complete', message: 'done' }, wakeAt: null });
  });

  test('starts to wait again when a container was restarted, even if nobody saw it down', () => {
    const restarted = [
      makeRolloutPod({ name: 'web-0' }),
      makeRolloutPod({ name: 'web-1', containers: [makeContainer({ restartCount: 1 })] }),
    ];
    const [, second, third, fourth] = lookAt([
      { at: 0 },
      { at: 8, pods: restarted },
      { at: 12, pods: restarted },
      { at: 18, pods: restarted },
    ]);
    expect(second?.wakeAt).toBe(START + 18_000);
    expect(third?.state.phase).toBe('progressing');
    expect(fourth?.state.phase).toBe('complete');
  });

  test('waits for a pod that came later', () => {
    const [, second] = lookAt([{ at: 0, pods: makePods(1) }, { at: 10 }]);
    expect(second).toMatchObject({ state: { phase: 'progressing' }, wakeAt: START + 20_000 });
  });

  test('counts the time in which the rollout was not yet complete', () => {
    const [, second] = lookAt([{ at: 0, state: { phase: 'progressing', old: 1 } }, { at: 10 }]);
    expect(second?.state.phase).toBe('complete');
  });

  test('without any pods is complete at once', () => {
    expect(lookAt([{ at: 0, pods: [] }])[0]?.state.phase).toBe('complete');
  });

  test('without a soak time is complete at once', () => {
    expect(lookAt([{ at: 0 }], { soakMs: 0 })[0]?.state.phase).toBe('complete');
  });

  test('soaks by its status where pods may not be seen', () => {
    const [first, second] = lookAt([
      { at: 0, pods: null },
      { at: 10, pods: null },
    ]);
    expect(first?.state.phase).toBe('progressing');
    expect(second?.state.phase).toBe('complete');
  });

  test('that ended long ago is complete at once when the times in the pods are to be believed', () => {
    expect(lookAt([{ at: 200 }], { trustTimes: true })[0]?.state.phase).toBe('complete');
    expect(lookAt([{ at: 200 }])[0]?.state.phase).toBe('progressing');
  });

  test('that ended a moment ago soaks all the same: clocks differ', () => {
    expect(lookAt([{ at: 30 }], { trustTimes: true })[0]?.state.phase).toBe('progressing');
  });

  test('soaks when its pods are new, though the clock of their node is far behind', () => {
    const startedAt = '2026-01-01T09:00:00Z';
    const pod = makeRolloutPod({ readyAt: startedAt, containers: [makeContainer({ startedAt })] });
    expect(lookAt([{ at: 30, pods: [pod] }], { trustTimes: true })[0]?.state.phase).toBe('progressing');
    expect(lookAt([{ at: 200, pods: [pod] }], { trustTimes: true })[0]?.state.phase).toBe('complete');
  });
});

describe('a rollout in trouble', () => {
  const trouble: Partial<RolloutState> = {
    phase: 'progressing',
    ready: 1,
    message: 'Waiting... (no room)',
    reason: 'Unschedulable',
  };

  test('fails after the grace without progress', () => {
    const [first, early, late] = lookAt([
      { at: 0, state: trouble },
      { at: 59, state: trouble },
      { at: 60, state: trouble },
    ]);
    expect(first).toMatchObject({ state: { phase: 'progressing' }, wakeAt: START + 60_000 });
    expect(early?.state.phase).toBe('progressing');
    expect(late?.state).toMatchObject({
      phase: 'failed',
      reason: 'Unschedulable',
      message: 'no progress for 60s (--grace): Waiting... (no room)',
    });
  });

  test('is given its time again after each step forward, and none for going up and down', () => {
    const step = (updated: number) => ({ ...trouble, updated });
    const results = lookAt([
      { at: 0, state: step(1) },
      { at: 50, state: step(2) },
      { at: 80, state: step(1) },
      { at: 100, state: step(2) },
      { at: 110, state: step(2) },
    ]);
    expect(results.map(({ state }) => state.phase)).toEqual([
      'progressing',
      'progressing',
      'progressing',
      'progressing',
      'failed',
    ]);
  });

  test('does not take the numbers of the rollout before for progress of its own', () => {
    const results = lookAt([
      { at: 0, state: { phase: 'waiting' } },
      { at: 1, state: { phase: 'progressing', updated: 0, old: 2 } },
      { at: 50, state: { phase: 'progressing', updated: 1, old: 1 } },
      { at: 100, state: { ...trouble, updated: 1, old: 1 } },
      { at: 110, state: { ...trouble, updated: 1, old: 1 } },
    ]);
    expect(results.map(({ state }) => state.phase)).toEqual([
      'waiting',
      'progressing',
      'progressing',
      'progressing',
      'failed',
    ]);
  });

  test('that is final fails at once', () => {
    expect(lookAt([{ at: 0, state: { phase: 'failed', reason: 'Error', message: 'x' } }])[0]?.state.phase).toBe(
      'failed',
    );
  });
});

describe('a rollout in which nothing goes on and nothing is wrong', () => {
  const stuck = { phase: 'progressing', updated: 1, message: 'Waiting...' } as const;

  test('fails after the time in which Kubernetes would give up on a Deployment', () => {
    const [first, early, late] = lookAt([
      { at: 0, state: stuck },
      { at: 599, state: stuck },
      { at: 600, state: stuck },
    ]);
    expect(first?.wakeAt).toBe(START + 600_000);
    expect(early?.state.phase).toBe('progressing');
    expect(late?.state).toMatchObject({
      phase: 'failed',
      reason: 'ProgressDeadlineExceeded',
      message: 'no progress for 600s: Waiting...',
    });
  });

  test('is waited for without end where its controller has a deadline', () => {
    const [look] = lookAt([{ at: 0, state: stuck }], { stallMs: Number.POSITIVE_INFINITY });
    expect(look?.wakeAt).toBeNull();
  });
});
