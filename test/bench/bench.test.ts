/** What the figures of the bench rest on. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { StatusItem } from '../../src/types.ts';
import { startByteCounter } from './count-traffic.ts';
import { generatePopulation } from './generate-population.ts';
import { median } from './measure.ts';
import { copyText, findOriginal, renderPage } from './multiply.ts';
import { parseOptions } from './options.ts';
import { renderPerformance } from './performance-page.ts';
import type { Recording } from './recording.ts';
import { addAnswer, questionOf } from './recording.ts';
import type { Result } from './results.ts';
import { readResults } from './results.ts';
import { WatchedStatus } from './watched-status.ts';

describe('the population', () => {
  test('is the same for the same seed, and has about five pods a workload', () => {
    const population = generatePopulation(1000);
    expect(JSON.stringify(generatePopulation(1000))).toBe(JSON.stringify(population));
    expect(JSON.stringify(generatePopulation(1000, { seed: 9 }))).not.toBe(JSON.stringify(population));
    expect(population.pods / 1000).toBeGreaterThan(4.5);
    expect(population.pods / 1000).toBeLessThan(5.5);
    expect(new Set(population.workloads.map(({ kind }) => kind)).size).toBe(4);
  });

  test('holds small configs and some of 100 KB, and every required one that is named', () => {
    const { configs, workloads } = generatePopulation(1000);
    const sizes = configs.map(({ data }) => JSON.stringify(data).length);
    expect(sizes.filter((size) => size > 100_000).length).toBeGreaterThan(10);
    expect(sizes.filter((size) => size < 3000).length).toBeGreaterThan(500);
    const there = new Set(configs.map(({ namespace, name }) => `${namespace}/${name}`));
    for (const { namespace, manifest } of workloads)
      for (const [name] of JSON.stringify(manifest).matchAll(/(?:config|secret|shared)-\d{5}/g))
        expect(there).toContain(`${namespace}/${name}`);
  });
});

describe('stored pages', () => {
  const pod = (number: string, uid: string) => ({
    metadata: { namespace: `bench-${number}`, name: `app-${number}-abcde`, uid },
  });
  const one = pod('00001', '00ff0000-0000-4000-8000-000000000001');
  const alien = { metadata: { namespace: 'kube-system', name: 'dns', uid: '00ff0000-0000-4000-8000-000000000002' } };
  const list = (items: object[], metadata: object) => ({ kind: 'PodList', apiVersion: 'v1', metadata, items });
  const record = (): Extract<Recording[string], { is: 'collection' }> => {
    const recording: Recording = {};
    const question = questionOf('/api/v1/pods?limit=1', 'application/json');
    const add = (body: object, isNextPage: boolean) =>
      addAnswer(recording, question, { status: 200, type: 'application/json', text: JSON.stringify(body) }, isNextPage);
    add(list([one], { resourceVersion: '7', continue: 'x', remainingItemCount: 1 }), false);
    add(list([alien], { resourceVersion: '7' }), true);
    const answer = recording[question];
    if (answer?.is !== 'collection') throw new Error('not recorded as a collection');
    return answer;
  };

  test('are what was recorded, where there is one copy', () => {
    const page = renderPage(record(), { from: 0, limit: 500, copies: 1, step: 100 });
    expect(JSON.parse(page)).toEqual(list([one, alien], { resourceVersion: '7' }));
  });

  test('hold copies under other names and uids, page by page, and what is no part of the bench once', () => {
    const read = (from: number) => JSON.parse(renderPage(record(), { from, limit: 2, copies: 3, step: 100 }));
    expect(read(0).metadata).toEqual({ resourceVersion: '7', continue: '2', remainingItemCount: 2 });
    expect(read(2).metadata).toEqual({ resourceVersion: '7' });
    const members = [...read(0).items, ...read(2).items];
    expect(members.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'bench-00001/app-00001-abcde',
      'bench-00101/app-00101-abcde',
      'bench-00201/app-00201-abcde',
      'kube-system/dns',
    ]);
    expect(new Set(members.map(({ metadata }) => metadata.uid)).size).toBe(4);
  });

  test('are found again from the names of a copy', () => {
    const url = '/api/v1/namespaces/bench-00203/secrets?fieldSelector=metadata.name%3Dsecret-00203';
    expect(findOriginal(url, 100)).toEqual({ url: url.replaceAll('00203', '00003'), copy: 2 });
    expect(findOriginal('/api/v1/pods?limit=500&continue=12345', 100).copy).toBe(null);
    expect(copyText(url.replaceAll('00203', '00003'), 2, 100)).toBe(url);
  });
});

describe('the counter of bytes', () => {
  test('counts both ways what passes, and changes nothing of it', async () => {
    const echo = createServer(
      { allowHalfOpen: true },
      (socket) => void socket.on('data', (chunk) => socket.end(`${chunk}${chunk}`)),
    );
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const address = echo.address();
    const counted = { sent: 0, received: 0 };
    const counter = await startByteCounter(typeof address === 'object' ? (address?.port ?? 0) : 0, (way, count) => {
      counted[way] += count;
    });
    const client = connect(counter.port, '127.0.0.1');
    client.end('hello');
    let heard = '';
    for await (const chunk of client) heard += chunk;
    counter.close();
    echo.close();
    expect({ heard, ...counted }).toEqual({ heard: 'hellohello', sent: 5, received: 10 });
  });
});

describe('what status -w told', () => {
  const item = (name: string, state: StatusItem['state'], evidence: StatusItem['evidence'] = 'time'): StatusItem => ({
    workload: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name },
    config: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'c' },
    container: 'app',
    init: false,
    via: 'env',
    keys: ['K'],
    at: 'K',
    optional: false,
    state,
    evidence,
    reason: '',
    changedAt: null,
    changedBy: null,
    changedKeys: [],
    pods: [],
  });

  test('adds up to what a fresh status tells, or the difference is named', () => {
    const watched = new WatchedStatus();
    for (const name of ['x', 'y', 'z']) watched.take({ change: 'added', ...item(name, 'stale') });
    watched.take({ change: 'modified', ...item('x', 'current') });
    watched.take({ change: 'deleted', ...item('y', 'stale') });
    expect(watched.compare([item('z', 'stale')])).toEqual({ different: [], remembered: 0 });
    expect(watched.compare([]).different).toHaveLength(1);
    expect(watched.compare([item('z', 'refreshed', 'history')]).different).toHaveLength(1);
    expect(watched.compare([item('z', 'stale'), item('y', 'stale', 'history')]).different).toHaveLength(1);
  });

  test('may rest on what the server has forgotten since', () => {
    const watched = new WatchedStatus();
    watched.take({ change: 'added', ...item('x', 'stale', 'history') });
    expect(watched.compare([item('x', 'unknown', 'none')])).toEqual({ different: [], remembered: 1 });
  });
});

describe('the page', () => {
  const ran = { command: 'npm run bench', date: '2026-01-01', machine: '2 cores', load: 1, versions: 'v1' };
  const cost = (factor: number) => ({ wall: factor, cpu: factor, memory: factor * 100, printed: 1 });
  const result = (part: 'scale' | 'stored', size: number, factor: number): Result => ({
    part,
    ran,
    size,
    pods: size * 5,
    configs: size,
    runs: 5,
    groups: [
      {
        title: 'all namespaces',
        rows: [
          { name: 'kubectl reload status -A', cost: cost(factor) },
          { name: 'kubectl get pods -A', cost: cost(1) },
        ],
      },
    ],
  });

  test('says of each goal whether it is reached', () => {
    const page = renderPerformance([
      result('scale', 1000, 0.3),
      result('stored', 1000, 1),
      result('stored', 10_000, 2.5),
    ]);
    expect(page).toContain("wall at 1,000 workloads, to kubectl's | 0.3 | 0.30 | reached |");
    expect(page).toContain("CPU at 1,000 workloads, to kubectl's | 0.2 | 0.30 | **missed** |");
    expect(page).toContain('memory at 10,000 workloads, to that at 1,000 | 2 | 2.50 | **missed** |');
  });

  test('is made of the results that are kept', () => {
    const path = 'docs/performance.md';
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(renderPerformance(readResults()));
  });
});

describe('the options of the bench', () => {
  test('have stored sizes that follow from the largest real one', () => {
    const { sizes, storedSizes } = parseOptions(['--sizes', '200,20']);
    expect({ sizes, storedSizes }).toEqual({ sizes: [20, 200], storedSizes: [200, 2000] });
  });

  test('are refused where they make no bench', () => {
    expect(() => parseOptions(['--only', 'scael'])).toThrow('not scael');
    expect(() => parseOptions(['--runs', '0'])).toThrow('--runs');
    expect(() => parseOptions(['--sizes', '100', '--stored', '150'])).toThrow('multiples of 100');
  });
});

test('the median of an even number of runs is one of them', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2]);
});
