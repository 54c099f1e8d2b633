/** Live views on terminals of any size: they fit, whatever the objects are called and whatever goes wrong with them. */
import { expect, test } from 'bun:test';
import type { ObjectReference, RolloutEvent, StatusItem } from '../../src/types.ts';
import type { ScreenSize } from '../../src/view/live-frame.ts';
import { makeLiveFrame, measureHeight } from '../../src/view/live-frame.ts';
import { renderRestartPlan, renderSkips } from '../../src/view/restart-plan.ts';
import { makeEventLine } from '../../src/view/rollout-line.ts';
import type { RolloutRows } from '../../src/view/rollout-rows.ts';
import { foldEvent } from '../../src/view/rollout-rows.ts';
import { renderRolloutScreen } from '../../src/view/rollout-screen.tsx';
import { layOutStatus } from '../../src/view/status-frame.ts';
import { renderStatusTable } from '../../src/view/status-table.ts';
import { makeStyles, stripStyles } from '../../src/view/style.ts';
import type { Random } from '../support/random.ts';
import { makeName, makeText, UNSAFE } from './hostile-text.ts';
import { SEARCH_TIMEOUT, search } from './search.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');

function makeRef(random: Random): ObjectReference {
  const apiVersion = random.pick(['apps/v1', 'v1', `${makeText(random)}/v1`]);
  return { apiVersion, kind: makeName(random), namespace: makeName(random), name: makeName(random) };
}

function makeEvent(random: Random): RolloutEvent {
  const count = () => random.pick([0, 1, 3, 1000, 1_000_000]);
  return {
    time: new Date(NOW - random.below(1e9)).toISOString(),
    workload: makeRef(random),
    phase: random.pick(['waiting', 'progressing', 'complete', 'failed'] as const),
    ...{ desired: count(), updated: count(), ready: count(), available: count(), old: count() },
    message: makeText(random),
    reason: random.once(2) ? '' : random.some(8, () => makeText(random)).join('\n'),
  };
}

function makeStatus(random: Random): StatusItem {
  const time = random.pick([null, '2026-01-01T11:00:00Z']);
  const text = () => makeText(random);
  return {
    workload: makeRef(random),
    container: random.once(5) ? null : makeName(random),
    init: random.once(5),
    config: makeRef(random),
    via: random.pick(['env', 'envFrom', 'volume', 'subPath', 'projected', 'imagePullSecret'] as const),
    keys: random.once(3) ? null : random.some(30, text),
    at: text(),
    optional: false,
    state: random.pick(['current', 'stale', 'refreshed', 'pending', 'missing', 'unknown'] as const),
    evidence: 'time',
    reason: text(),
    changedAt: time,
    changedBy: text(),
    changedKeys: random.some(30, text),
    pods: random.some(3, () => ({ name: text(), state: 'stale', evidence: 'time', startedAt: time, reason: text() })),
  };
}

const expectHarmless = (text: string) => expect(UNSAFE.exec(stripStyles(text))?.[0]).toBeUndefined();

/** What a live frame writes besides lines: where the cursor goes, and when to show it. */
const FRAME = ['\r\x1b[J', '\x1b[1A\x1b[2K', '\x1b[?2026h', '\x1b[?2026l'];

test(
  'a live view of any rollouts fits a terminal of any size and leaves a line for the cursor',
  async () => {
    await search(0.5, (random) => {
      const size = makeSize(random);
      const events = [makeEvent(random), ...random.some(random.pick([3, 60]), () => makeEvent(random))];
      const rows = events.reduce<RolloutRows>(foldEvent, new Map());
      const showNamespace = random.once(2);
      const screen = {
        rows: [...rows.values()],
        count: events.length,
        begunAt: NOW - 1000,
        now: NOW,
        keepEnded: random.once(2),
        showNamespace,
        styles: makeStyles(random.once(2)),
      };
      const lines = renderRolloutScreen(screen, size);
      expectHarmless(lines.join('\n'));
      expect(measureHeight(lines, size.columns)).toBeLessThanOrEqual(Math.max(1, size.rows - 1));

      const written: string[] = [];
      const frame = makeLiveFrame({ write: (text) => written.push(text), size: () => size });
      frame.draw(lines);
      for (const event of events) frame.print(makeEventLine({ showNamespace, wording: 'restart' })(event).text);
      frame.draw([]);
      expectHarmless(stripStyles(FRAME.reduce((text, control) => text.replaceAll(control, ''), written.join(''))));
    });
  },
  SEARCH_TIMEOUT,
);

test(
  'so does a status that is watched; a plan stays readable where it does not fit',
  async () => {
    await search(0.5, (random) => {
      const size = makeSize(random);
      const items = random.some(random.pick([3, 2000]), () => makeStatus(random));
      const styles = makeStyles(random.once(2));
      const headers = random.once(2);
      const table = renderStatusTable(items, {
        wide: random.once(2),
        showNamespace: random.once(2),
        headers,
        now: NOW,
        styles,
      });
      const lines = layOutStatus({ table, headers, summary: 'some are stale.\n', notes: ['Watching.'] }, size);
      expectHarmless(lines.join('\n'));
      if (lines.length > 1) expect(measureHeight(lines, size.columns)).toBeLessThan(size.rows);

      const steps = items.slice(0, 20).map((item) => ({
        wave: random.below(9),
        workload: item.workload,
        uid: 'u',
        action: 'patch' as const,
        pods: 3,
        why: item.changedKeys,
        configs: [item.config],
        warnings: [item.reason, 'shared'],
      }));
      const skipped = items
        .slice(0, 20)
        .map((item) => ({ workload: item.workload, code: 'paused' as const, reason: item.reason }));
      const layout = { showNamespace: true, headers, width: size.columns };
      expectHarmless(renderRestartPlan({ steps, skipped }, layout) + renderSkips(skipped, layout));
    });
  },
  SEARCH_TIMEOUT,
);

function makeSize(random: Random): ScreenSize {
  return {
    columns: random.pick([1, 5, 20, 21, 40, 80, 200, 1000]) + random.below(3),
    rows: random.pick([2, 3, 8, 24, 60]) + random.below(3),
  };
}
