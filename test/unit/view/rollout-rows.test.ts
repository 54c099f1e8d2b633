import { describe, expect, test } from 'bun:test';
import type { RolloutRow, ShownRow } from '../../../src/view/rollout-rows.ts';
import { describeTrouble, measureAge, measureProgress, moodOf, pickRows } from '../../../src/view/rollout-rows.ts';
import { failed, failing, makeEvent, makeRows, rolling, TEN } from './make-events.ts';

const at = (seconds: number) => new Date(TEN + seconds * 1000).toISOString();

describe('the rows of a live view', () => {
  test('stand in the order in which rollouts began, each with its last event', () => {
    const rows = makeRows(rolling('web'), rolling('api'), makeEvent('web', 'complete'));
    expect(rows.map(({ event }) => [event.workload.name, event.phase])).toEqual([
      ['web', 'complete'],
      ['api', 'progressing'],
    ]);
  });

  test('keep workloads of one name apart by kind and by namespace', () => {
    const other = rolling('web');
    const rows = makeRows(
      rolling('web'),
      rolling('StatefulSet/web'),
      { ...other, workload: { ...other.workload, namespace: 'test' } },
      rolling('web'),
    );
    expect(rows).toHaveLength(3);
  });

  test('grow older until they have ended', () => {
    const [open] = makeRows(rolling('web'), { ...rolling('web'), time: at(5) });
    const [ended] = makeRows(rolling('web'), makeEvent('web', 'complete', { time: at(24) }));
    if (!open || !ended) throw new Error('a row is missing');
    expect(measureAge(open, TEN + 60_000)).toBe(60_000);
    expect(measureAge(ended, TEN + 60_000)).toBe(24_000);
    expect(measureAge(open, TEN - 60_000)).toBe(0);
  });

  test.each([
    ['waiting', makeEvent('web', 'waiting')],
    ['failing', makeEvent('web', 'waiting', { reason: 'FailedCreate' })],
    ['progressing', rolling('web')],
    ['failing', failing('web')],
    ['soaking', makeEvent('web', 'progressing')],
    ['complete', makeEvent('web', 'complete')],
    ['failed', failed('web')],
  ] as const)('are %s', (mood, event) => {
    expect(makeRows(event).map(moodOf)).toEqual([mood]);
  });
});

describe('progress', () => {
  test.each([
    ['nothing of a spec that nobody has seen yet', makeEvent('web', 'waiting'), 0],
    ['nothing while only old pods are there', makeEvent('web', 'progressing', { updated: 0, old: 3 }), 0],
    [
      'a third when all new pods are there and none serves',
      makeEvent('web', 'progressing', { old: 3, available: 0 }),
      1 / 3,
    ],
    ['more when old pods go first', makeEvent('web', 'progressing', { updated: 0, old: 0, available: 0 }), 1 / 3],
    ['no more for more old pods than are wanted', makeEvent('web', 'progressing', { updated: 0, old: 9 }), 0],
    ['all of it when new pods serve and old ones are gone', makeEvent('web', 'progressing'), 1],
    [
      'all of it where no pods are wanted',
      makeEvent('web', 'progressing', { desired: 0, updated: 0, available: 0 }),
      1,
    ],
  ])('is %s', (_, event, progress) => {
    expect(measureProgress(event)).toBeCloseTo(progress);
  });
});

describe('the trouble of a rollout', () => {
  test.each([
    ['is what stands in brackets behind the numbers', failing('web'), 'pod web-7d9f8-abcde, container app exited 1'],
    [
      'is the whole sentence where it stands alone',
      { ...failing('web'), message: 'quota (of pods)' },
      'quota (of pods)',
    ],
    ['is the reason where there is no sentence', { ...failing('web'), message: '' }, 'CrashLoopBackOff'],
    ['is why it has failed', failed('web'), 'pod web-1, container app exited 1 (2 restarts)'],
    ['is none where all goes well', rolling('web'), ''],
    ['is none where all has gone well', makeEvent('web', 'complete', { reason: 'x' }), ''],
  ])('%s', (_, event, trouble) => {
    expect(describeTrouble(event)).toBe(trouble);
  });
});

describe('of rows for which there is no room', () => {
  const heights = { nothing: 1, trouble: 2, log: 4 };
  const height = ({ unfolded }: ShownRow) => heights[unfolded];
  const pick = (rows: readonly RolloutRow[], room: number) => {
    const { shown, more } = pickRows(rows, room, height);
    return [...shown.map(({ row, unfolded }) => `${row.event.workload.name} ${unfolded}`), more];
  };
  const rows = makeRows(
    makeEvent('done', 'complete'),
    makeEvent('queued', 'waiting'),
    rolling('web'),
    failing('api'),
    failed('db'),
  );

  test('all are shown while they fit, in their order, and the log goes first', () => {
    expect(pick(rows, 9)).toEqual(['done nothing', 'queued nothing', 'web nothing', 'api trouble', 'db log', 0]);
    expect(pick(rows, 8)).toEqual(['done nothing', 'queued nothing', 'web nothing', 'api trouble', 'db trouble', 0]);
  });

  test('those that need a person stay, then those that move, and the others are counted', () => {
    expect(pick(rows, 6)).toEqual(['web nothing', 'api trouble', 'db trouble', 2]);
    expect(pick(rows, 4)).toEqual(['api nothing', 'db trouble', 3]);
    expect(pick(rows, 3)).toEqual(['db trouble', 4]);
    expect(pick(rows, 2)).toEqual(['db nothing', 4]);
    expect(pick(rows, 1)).toEqual([5]);
    expect(pick(rows, 0)).toEqual([5]);
  });
});
