import { describe, expect, test } from 'bun:test';
import type { RolloutEvent } from '../../../src/types.ts';
import { makeEventLine } from '../../../src/view/rollout-line.ts';
import { describeRollouts } from '../../../src/view/rollout-summary.ts';
import { renderRollouts } from '../../../src/view/rollout-table.ts';

function makeEvent(overrides: Partial<RolloutEvent> = {}): RolloutEvent {
  return {
    time: '2026-01-01T10:00:00Z',
    workload: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    phase: 'progressing',
    desired: 3,
    updated: 1,
    ready: 2,
    available: 2,
    old: 2,
    message: 'Waiting...',
    reason: '',
    ...overrides,
  };
}

const complete = makeEvent({ phase: 'complete', message: 'deployment "web" successfully rolled out' });
const failed = makeEvent({ phase: 'failed', message: 'pod web-1, container app exited 3', reason: 'Error' });

describe('the line of an event', () => {
  test('names the workload and says what it waits for, once', () => {
    const line = makeEventLine({ showNamespace: false });
    expect(line(makeEvent())).toEqual({ text: 'deployment.apps/web: Waiting...\n', result: false });
    expect(line(makeEvent({ ready: 3 }))).toEqual({ text: '', result: false });
  });

  test('tells the end of a restart by its time, and that of a status in the words of kubectl', () => {
    const restart = makeEventLine({ showNamespace: true });
    restart(makeEvent());
    expect(restart({ ...complete, time: '2026-01-01T10:00:24Z' })).toEqual({
      text: 'shop/deployment.apps/web complete in 24s\n',
      result: true,
    });
    const status = makeEventLine({ showNamespace: false, wording: 'status' });
    expect(status(complete)).toEqual({
      text: 'deployment.apps/web: deployment "web" successfully rolled out\n',
      result: true,
    });
  });

  test('of a failure has the log below it, in which nothing moves the cursor', () => {
    const line = makeEventLine({ showNamespace: false });
    expect(line({ ...failed, log: ['starting', '\x1b[31mFATAL', '\tat main'] })).toEqual({
      text: 'deployment.apps/web failed: pod web-1, container app exited 3\n    starting\n    \\x1b[31mFATAL\n        at main\n',
      result: true,
    });
  });
});

describe('the summary of rollouts', () => {
  const options = { interrupted: false, watched: true, count: 1, connection: '' };

  test('is nothing where the one that was followed has said all', () => {
    expect(describeRollouts([complete], options)).toBe('');
    expect(describeRollouts([complete], { ...options, count: 1, watched: false })).toBe('');
  });

  test('counts what became of many, and says where to look on', () => {
    expect(describeRollouts([complete, complete], { ...options, count: 2 })).toBe('2 rollouts complete\n');
    expect(describeRollouts([complete, failed, makeEvent()], { ...options, count: 4 })).toBe(
      'error: 1 complete, 1 failed, 2 not complete\n  kubectl describe deployment/web -n shop\n',
    );
  });

  test('says of one in a sentence that it failed, or is not complete', () => {
    expect(describeRollouts([failed], options)).toStartWith('error: the rollout failed\n  kubectl describe ');
    expect(describeRollouts([makeEvent()], { ...options, watched: false })).toBe(
      'error: the rollout is not complete\n',
    );
  });

  test('leads to the log of the container that is to blame, on the same cluster', () => {
    const suspect = { pod: 'web-1', container: 'app', previous: true };
    expect(describeRollouts([{ ...failed, suspect }], { ...options, connection: ' --context test' })).toBe(
      'error: the rollout failed\n  kubectl logs web-1 -c app --previous -n shop --context test\n',
    );
  });

  test('names the first of many failures and counts the others', () => {
    const many = Array.from({ length: 8 }, () => failed);
    expect(describeRollouts(many, { ...options, count: 8 })).toEndWith('\n  and 3 more like these\n');
  });

  test('says that rollouts go on when it was interrupted', () => {
    expect(describeRollouts([complete, makeEvent()], { ...options, interrupted: true, count: 3 })).toBe(
      'interrupted: 1 complete, 2 not complete; rollouts go on in the cluster\n',
    );
  });
});

test('the table of rollouts has a row each, with a namespace where there are many', () => {
  expect(renderRollouts([complete, failed], { showNamespace: true, headers: true })).toBe(
    [
      'NAMESPACE  WORKLOAD             ROLLOUT   UPDATED  READY  AVAILABLE  OLD  MESSAGE\n',
      'shop       deployment.apps/web  complete  1/3      2/3    2/3        2    deployment "web" successfully rolled out\n',
      'shop       deployment.apps/web  failed    1/3      2/3    2/3        2    pod web-1, container app exited 3\n',
    ].join(''),
  );
  expect(renderRollouts([complete], { showNamespace: false, headers: false })).toStartWith(
    'deployment.apps/web  complete',
  );
});
