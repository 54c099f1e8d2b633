import { describe, expect, test } from 'bun:test';
import { ApiError } from '../../../src/cluster/api-error.ts';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import type { PatientOptions } from '../../../src/restart/request-patiently.ts';
import { requestPatiently } from '../../../src/restart/request-patiently.ts';
import { makeApiError, makeFakeClock, makeFakeCluster, settle } from '../rollout/fake-cluster.ts';

/** Asks a server that fails so for so many milliseconds, and then answers. */
function ask(error: unknown, failsFor: number, { deadline, ...more }: Partial<PatientOptions> = {}) {
  const clock = makeFakeClock();
  const begun = clock.now();
  const cluster = makeFakeCluster(() => {
    if (clock.now() - begun < failsFor) throw error;
    return { answer: true };
  });
  const options = { clock, ...more, ...(deadline !== undefined && { deadline: begun + deadline }) };
  const outcome = requestPatiently<object>(cluster, { path: '/x' }, options).then(
    () => 'answered',
    (thrown: unknown) => (thrown === error ? 'thrown' : 'another error'),
  );
  return { clock, cluster, outcome };
}

const lost = (kind: ConstructorParameters<typeof ConnectionError>[1]['kind']) =>
  new ConnectionError('no answer', { kind, sent: true });

describe('a patient request', () => {
  test.each([
    ['a lost connection', lost('lost')],
    ['a refused connection', lost('refused')],
    ['a broken answer', lost('garbled')],
    ['no answer in time', lost('timeout')],
    ['a server that starts', makeApiError(503, 'ServiceUnavailable', 'starting')],
    ['a server that has too much to do', makeApiError(429, 'TooManyRequests', 'later')],
  ])('bears %s for two minutes and no longer', async (_, error) => {
    const short = ask(error, 100_000);
    await short.clock.advance(110_000);
    expect(await short.outcome).toBe('answered');
    const long = ask(error, 200_000);
    await long.clock.advance(130_000);
    expect(await long.outcome).toBe('thrown');
  });

  test('bears conflicts for half a minute', async () => {
    const short = ask(makeApiError(409, 'Conflict', 'modified'), 20_000);
    await short.clock.advance(30_000);
    expect(await short.outcome).toBe('answered');
    const long = ask(makeApiError(409, 'Conflict', 'modified'), 60_000);
    await long.clock.advance(40_000);
    expect(await long.outcome).toBe('thrown');
  });

  test.each([
    ['a refusal', makeApiError(403, 'Forbidden', 'no')],
    ['a login that has run out', makeApiError(401, 'Unauthorized', 'expired')],
    ['what is no API server', lost('foreign')],
  ])('throws %s at once', async (_, error) => {
    const { cluster, outcome } = ask(error, 1);
    expect(await outcome).toBe('thrown');
    expect(cluster.requests).toHaveLength(1);
  });

  test('waits as long as the server asks it to', async () => {
    const status = { code: 429, reason: 'TooManyRequests', message: 'later' };
    const details = { name: '', kind: '', causes: [], retryAfterSeconds: 0 };
    const { clock, cluster, outcome } = ask(new ApiError({ ...status, details }, { retryAfter: 20 }), 10_000);
    await clock.advance(19_999);
    expect(cluster.requests).toHaveLength(1);
    await clock.advance(1);
    expect(await outcome).toBe('answered');
  });

  test('ends its patience before a deadline that another try would miss', async () => {
    const { clock, cluster, outcome } = ask(lost('refused'), 100_000, { deadline: 10_000 });
    await clock.advance(10_000);
    expect(await outcome).toBe('thrown');
    expect(cluster.requests.length).toBeGreaterThan(3);
  });

  test('gives up at a deadline what a server has not answered', async () => {
    const clock = makeFakeClock();
    const cluster = makeFakeCluster(
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
    );
    const outcome = requestPatiently(cluster, { path: '/x' }, { clock, deadline: clock.now() + 10_000 }).catch(
      (error: unknown) => error,
    );
    await clock.advance(10_000);
    expect(await outcome).toMatchObject({ kind: 'timeout', hint: expect.stringContaining('--timeout') });
  });

  test('waits some seconds after an interruption for an answer that is on its way, and no longer', async () => {
    const interruption = new AbortController();
    const clock = makeFakeClock();
    const cluster = makeFakeCluster(
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
    );
    let outcome: unknown = 'open';
    requestPatiently(cluster, { path: '/x' }, { clock, signal: interruption.signal }).catch((error: unknown) => {
      outcome = error;
    });
    await clock.advance(60_000);
    interruption.abort();
    await clock.advance(9000);
    expect(outcome).toBe('open');
    await clock.advance(1000);
    expect(outcome).toMatchObject({ kind: 'timeout' });
    expect(cluster.requests).toHaveLength(1);
  });

  test.each([
    ['a lost connection', lost('lost'), 1],
    ['no answer in time', lost('timeout'), 1],
    ['a server that broke in the middle', makeApiError(500, 'InternalError', 'broken'), 1],
    ['a connection that never stood', new ConnectionError('no answer', { kind: 'refused', sent: false }), 0],
    ['a server that starts', makeApiError(503, 'ServiceUnavailable', 'starting'), 0],
    ['a refusal', makeApiError(403, 'Forbidden', 'no'), 0],
  ])('tells after %s whether the server may have acted on it', async (_, error, doubts) => {
    let told = 0;
    const { clock, outcome } = ask(error, 1, { onDoubt: () => told++ });
    await clock.advance(1000);
    await outcome;
    expect(told).toBe(doubts);
  });

  test('ends its patience when it is interrupted', async () => {
    const interruption = new AbortController();
    const { outcome } = ask(lost('refused'), 100_000, { signal: interruption.signal });
    await settle();
    interruption.abort();
    expect(await outcome).toBe('thrown');
  });
});
