/** Small whole objects for tests of rollouts: every field can be overridden. */
import type { ContainerExit, RolloutContainer, RolloutPod } from '../../../src/rollout/rollout-pod.ts';

export function makeContainer(overrides: Partial<RolloutContainer> = {}): RolloutContainer {
  return {
    name: 'app',
    init: false,
    ready: true,
    restartCount: 0,
    startedAt: '2026-01-01T10:00:01Z',
    waiting: null,
    terminated: null,
    last: null,
    ...overrides,
  };
}

/** A container that ended after half a second. */
export function makeExit(overrides: Partial<ContainerExit> = {}): ContainerExit {
  return {
    exitCode: 1,
    reason: 'Error',
    startedAt: '2026-01-01T10:00:01Z',
    finishedAt: '2026-01-01T10:00:02Z',
    ...overrides,
  };
}

/** A pod that runs and is ready. */
export function makeRolloutPod(overrides: Partial<RolloutPod> = {}): RolloutPod {
  const name = overrides.name ?? 'web-1';
  return {
    name,
    uid: `uid-${name}`,
    owner: 'rs-2',
    createdAt: '2026-01-01T10:00:00Z',
    labels: {},
    phase: 'Running',
    deleting: false,
    ready: true,
    readyAt: '2026-01-01T10:00:02Z',
    unscheduled: null,
    prepared: true,
    containers: [makeContainer()],
    troubles: [],
    ...overrides,
  };
}

/** So many ready pods. */
export function makePods(count: number, overrides: Partial<RolloutPod> = {}): RolloutPod[] {
  return Array.from({ length: count }, (_, index) => makeRolloutPod({ name: `web-${index}`, ...overrides }));
}
