import { expect, test } from 'bun:test';
import type { StatusItem } from '../../../src/types.ts';
import { describeRestartOf, renderProbeRestarts } from '../../../src/view/status-restarts.ts';
import { makeRef } from '../../support/make-objects.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');

function makeItem(name: string, ...restarts: (StatusItem['pods'][number]['probeRestart'] | null)[]): StatusItem {
  const verdict = { state: 'current', evidence: 'time', reason: '' } as const;
  const pods = restarts.map((probeRestart, index) => ({
    name: `${name}-${index}`,
    ...verdict,
    startedAt: null,
    ...(probeRestart && { probeRestart }),
  }));
  return {
    ...{ workload: makeRef('Deployment', name), container: 'app', init: false, config: makeRef('ConfigMap', 'web') },
    ...{
      via: 'env',
      keys: null,
      at: 'A',
      optional: false,
      ...verdict,
      changedAt: null,
      changedBy: null,
      changedKeys: [],
    },
    pods,
  };
}

const render = (...items: StatusItem[]) => renderProbeRestarts(items, { showNamespace: false, now: NOW });
const at = (time: string, reason: string) => ({ at: `2026-01-01T${time}Z`, reason });

test('restarts by the probe are told with their reason, the newest first, each container once', () => {
  const web = makeItem('web', at('11:57:00', '/etc/app was updated (app.conf)'), null, at('11:50:00', 'x'));
  expect(
    render(makeItem('db', at('11:00:00', 'LEVEL in the environment is old')), web, web, makeItem('idle', null)),
  ).toBe(
    'deployment/web app (2 of 3 pods) restarted 3m ago because app.conf changed\ndeployment/db app restarted 60m ago because LEVEL changed\n',
  );
  expect(renderProbeRestarts([makeItem('web', at('11:57:00', 'x'))], { showNamespace: true, now: NOW })).toStartWith(
    'shop/deployment/web',
  );
});

test('restarts of days ago are no news, and of many only some are told', () => {
  expect(
    render(makeItem('old', { at: '2025-12-30T00:00:00Z', reason: 'x' }), makeItem('odd', { at: null, reason: 'x' })),
  ).toBe('');
  const many = Array.from({ length: 8 }, (_, index) => makeItem(`w${index}`, at('11:59:00', 'x')));
  expect(render(...many)).toEndWith('and 3 more restarts by the probe\n');
});

test('a reason is told in the words of somebody who asks why', () => {
  const reason = (text: string) => describeRestartOf(makeItem('web', { at: null, reason: text }), NOW)[0];
  expect(reason('/etc/app was updated (a, b and 2 more)')).toBe('restarted because a, b and 2 more changed');
  expect(reason('/etc/app was updated')).toBe('restarted because /etc/app changed');
  expect(
    reason('/etc/a is an old subPath copy; A, B in the environment are old; LEVEL in the environment is old'),
  ).toBe('restarted because /etc/a, A, B, LEVEL changed');
  expect(reason('something else')).toBe('restarted because something else');
  expect(describeRestartOf(makeItem('web', null), NOW)).toEqual([]);
});

test('a hostile reason cannot move the cursor', () => {
  expect(render(makeItem('web', at('11:59:00', '\x1b[2J was updated (\u202e\r)')))).toBe(
    'deployment/web app restarted 60s ago because \\x1b[2J was updated (\\u202e\\r)\n',
  );
});
