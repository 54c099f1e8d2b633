import { describe, expect, test } from 'bun:test';
import { isWrittenLater, makeTimeline } from '../../../src/staleness/witness.ts';

const at = (time: string) => `2026-01-01T${time}Z`;
const TEN = Date.parse(at('10:00:00'));
const order = (version: string, ...witnesses: [string, string][]) =>
  makeTimeline(witnesses.map(([resourceVersion, time]) => ({ resourceVersion, writtenAt: at(time) }))).orderAgainst(
    version,
    { earliest: TEN, latest: TEN + 2000 },
  );

describe('the order of writes', () => {
  test('shows that an object was written after the moment, by an earlier version that was', () => {
    expect(order('300', ['200', '10:00:05'])).toBe('after');
  });

  test('shows that an object was written before the moment, by a later version that was', () => {
    expect(order('300', ['100', '09:00:00'], ['400', '09:30:00'])).toBe('before');
  });

  test('shows nothing without a witness on either side', () => {
    expect(order('300', ['200', '09:00:00'], ['400', '10:30:00'])).toBe('unknown');
    expect(order('300')).toBe('unknown');
    expect(order('abc', ['200', '10:00:05'])).toBe('unknown');
  });

  test('does not believe the old time of an object that was itself written without leaving one', () => {
    expect(order('300', ['200', '09:59:59'], ['400', '08:00:00'])).toBe('unknown');
  });

  test('does not take a config for written at its time: what it lost since may have left none', () => {
    const config = { resourceVersion: '400', writtenAt: at('09:30:00'), isLoose: true } as const;
    const moments = { earliest: TEN, latest: TEN + 2000 };
    expect(makeTimeline([config]).orderAgainst('300', moments)).toBe('unknown');
    expect(
      makeTimeline([{ resourceVersion: config.resourceVersion, writtenAt: config.writtenAt }]).orderAgainst(
        '300',
        moments,
      ),
    ).toBe('before');
    const later = { ...config, resourceVersion: '200', writtenAt: at('10:30:00') };
    expect(makeTimeline([later]).orderAgainst('300', moments)).toBe('after');
  });

  test('takes versions for numbers of any size', () => {
    expect(isWrittenLater('100000000000000000001', '100000000000000000000')).toBe(true);
    expect(isWrittenLater('9', '10')).toBe(false);
    expect(isWrittenLater('x', '10')).toBe(false);
  });
});
