import { expect, test } from 'bun:test';
import type { ProbeSight } from '../../../src/view/probe-verdict.ts';
import { renderProbeSight } from '../../../src/view/probe-verdict.ts';
import { makeRef } from '../../support/make-objects.ts';

function render(seen: Partial<ProbeSight>): string {
  const sight: ProbeSight = {
    workload: makeRef('Deployment', 'web'),
    pod: 'web-1',
    container: 'app',
    verdict: 'current',
    message: '',
    startedAt: 0,
    clock: 'termination-log',
    hasBaseline: true,
    baseline: '/dev/shm',
    watches: ['/etc/app'],
    ...seen,
  };
  return renderProbeSight(sight, { showNamespace: false, now: 60_000 });
}

test('what a probe sees is told in words, and does nothing to a terminal', () => {
  expect(render({ verdict: 'held', message: 'config changed, waiting 3 s of --spread: \x1b' })).toBe(
    [
      'deployment/web, pod web-1, container app: runs an old configuration, and will be restarted when it is its turn\n',
      '  it says: config changed, waiting 3 s of --spread: \\x1b\n',
      '  it watches /etc/app\n',
      '  the container started 60s ago (known by termination log), and what was there then is recorded\n',
    ].join(''),
  );
});

test('a probe that has no record of the start says why, unless it needs none', () => {
  expect(render({ hasBaseline: false })).toEndWith(
    '  the container started 60s ago (known by termination log)\n  what was there then is not recorded: the probe has not run yet, or cannot write to /dev/shm\n',
  );
  expect(render({ hasBaseline: false, baseline: null })).toEndWith(
    '  the container started 60s ago (known by termination log)\n',
  );
});
