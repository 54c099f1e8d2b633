import { describe, expect, test } from 'bun:test';
import { makeServerClock } from '../../../src/cluster/server-clock.ts';
import { connectTo } from '../../support/connection.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const HOUR = 3_600_000;
const TEN = Date.parse('2026-01-01T10:00:00Z');
const at = (second: number): string => new Date(TEN + second * 1000).toUTCString();
/** Far off, whatever the server shows. */
const [LONG_AGO, LONG_AFTER] = [0, 2 * TEN];

describe('the clock of a server', () => {
  test('is not known before an answer has told it', () => {
    const clock = makeServerClock();
    expect(clock.tell(TEN, 0)).toBeNull();
    clock.hear(undefined, 0, 1);
    clock.hear('some other day', 0, 1);
    expect(clock.tell(TEN, 0)).toBeNull();
  });

  test('is that of this machine where the answers bear it out', () => {
    const clock = makeServerClock();
    clock.hear(at(0), 5000, 5100);
    for (const time of [TEN, TEN + 999, TEN + 1100]) expect(clock.tell(time, 5100)).toBe(time);
  });

  test('is the nearest time that the answers allow where this machine is ahead or behind', () => {
    const clock = makeServerClock();
    clock.hear(at(0), 5000, 5100);
    expect(clock.tell(LONG_AGO, 5100)).toBe(TEN);
    expect(clock.tell(LONG_AFTER, 5100)).toBe(TEN + 1100);
  });

  test('goes on between answers', () => {
    const clock = makeServerClock();
    clock.hear(at(0), 5000, 5100);
    expect(clock.tell(LONG_AGO, 65_100)).toBe(TEN + 60_000);
    expect(clock.tell(LONG_AFTER, 65_100)).toBe(TEN + 61_100);
  });

  test('is known the better the more answers tell it, and no worse after a late one', () => {
    const clock = makeServerClock();
    clock.hear(at(0), 5000, 5100);
    clock.hear(at(1), 5200, 5300);
    clock.hear(at(1), 5400, 35_000);
    expect(clock.tell(LONG_AGO, 5300)).toBe(TEN + 1000);
    expect(clock.tell(LONG_AFTER, 5300)).toBe(TEN + 1300);
  });

  test('is another one after an answer that contradicts those before: it was set', () => {
    const clock = makeServerClock();
    clock.hear(at(0), 5000, 5100);
    clock.hear(at(-3600), 6000, 6100);
    expect(clock.tell(LONG_AGO, 6100)).toBe(TEN - HOUR);
    expect(clock.tell(LONG_AFTER, 6100)).toBe(TEN - HOUR + 1100);
  });
});

test('a cluster tells the time by its good answers, and by no refusal and none that a proxy had kept', async () => {
  const answers = [
    { code: 404, date: at(-3600) },
    { code: 200, date: at(0) },
    { code: 404, date: at(3600) },
    { code: 200, date: at(-3600), age: '3600' },
  ];
  await using server = await startRecordingServer((_, response) => {
    const { code = 500, date = '', age = '0' } = answers.shift() ?? {};
    response.setHeader('date', date);
    response.setHeader('age', age);
    if (code === 200) sendJson(response, {});
    else sendStatus(response, code, 'NotFound', 'nothing here');
  });
  using cluster = await connectTo(server);
  const times: (number | null)[] = [];
  while (answers.length > 0) {
    await cluster.request({ path: '/api' }).catch(() => null);
    times.push(cluster.serverTime(LONG_AGO));
  }
  expect(times[0]).toBeNull();
  for (const time of times.slice(1)) {
    expect(time).toBeGreaterThanOrEqual(TEN);
    expect(time).toBeLessThan(TEN + HOUR);
  }
});
