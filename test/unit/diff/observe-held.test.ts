import { describe, expect, test } from 'bun:test';
import { makeObserve } from '../../../src/diff/observe-held.ts';
import { objectKey } from '../../../src/objects/object-key.ts';
import { readConfigContent } from '../../../src/staleness/expected-content.ts';
import { ConfigHistory } from '../../../src/staleness/history.ts';
import { judgeUses } from '../../../src/staleness/status.ts';
import { runInFake } from '../../support/fake-container.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makeInstance,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

const changed = (name: string) =>
  makeConfig({
    ref: makeRef('ConfigMap', name),
    resourceVersion: '300',
    keys: [{ key: 'LEVEL', at: '2026-01-01T11:00:00Z', by: 'kubectl-edit' }],
  });

/** Pods of one template, the later ones in the list started earlier; each uses two configs, `web` and `more`. */
async function observe(count: number, allPods: boolean, troubles: string[] = []) {
  const more = makeUse({ config: makeRef('ConfigMap', 'more'), at: 'MORE' });
  const pods = Array.from({ length: count }, (_, index) => {
    const minute = String(59 - index).padStart(2, '0');
    return makePod({
      ref: makeRef('Pod', `web-${index}`),
      uid: `web-${index}`,
      labels: { 'pod-template-hash': 'a' },
      references: [makeUse(), more],
      containers: [makeInstance({ startedAt: `2026-01-01T09:${minute}:00Z` })],
    });
  });
  const graph = makeGraph({
    workloads: [makeWorkload({ pods })],
    dependencies: [makeDependency(), makeDependency(more)],
    configs: [changed('web'), changed('more')],
  });
  const variable = (name: string, config: string) => ({
    name,
    valueFrom: { configMapKeyRef: { name: config, key: 'LEVEL' } },
  });
  const container = { name: 'app', env: [variable('LEVEL', 'web'), variable('MORE', 'more')] };
  const uses = [...judgeUses(graph, { now: Date.parse('2026-01-01T12:00:00Z'), history: new ConfigHistory() })];
  const asked: string[] = [];
  const look = makeObserve(
    {
      readPods: async (refs) =>
        new Map(
          refs.map((ref) => [objectKey(ref), { metadata: { uid: ref.name }, spec: { containers: [container] } }]),
        ),
      readContent: async () => readConfigContent({ data: { LEVEL: 'info' } }, 'ConfigMap'),
      run: ({ name }) => {
        asked.push(name);
        return runInFake({ environment: { LEVEL: 'debug', MORE: 'trace' } });
      },
    },
    { uses, allPods, onTroubles: (told) => void troubles.push(...told) },
  );
  const observed = await Promise.all(uses.map(({ verdicts }) => look(verdicts)));
  const first = uses[0]?.verdicts ?? [];
  const held = first.map(({ evidence }) => observed[0]?.find(evidence.pod, evidence.dependency)?.get('LEVEL') ?? null);
  const why = first.map(({ evidence }) => {
    const seen = observed[0]?.inside.find(evidence.pod, evidence.dependency);
    return seen?.seen === 'nothing' ? seen.why : seen?.seen;
  });
  return { asked, held, why };
}

describe('a look into containers for a diff', () => {
  test('takes one command for all configs of a container, and keeps equal values once', async () => {
    const { asked, held, why } = await observe(3, false);
    expect(asked.sort()).toEqual(['web-0', 'web-1', 'web-2']);
    expect(why).toEqual(['different', 'different', 'different']);
    expect(held.map((value) => value && Buffer.from(value.bytes).toString())).toEqual(['debug', 'debug', 'debug']);
    expect(held[1]).toBe(held[0] ?? null);
  });

  test('takes some of many pods of one template, from the first to start to the last, and says so of the others', async () => {
    const { asked, why } = await observe(50, false);
    expect(asked).toHaveLength(20);
    expect(asked).toContain('web-0');
    expect(asked).toContain('web-49');
    expect(why.filter((one) => one === 'different')).toHaveLength(20);
    expect(why.filter((one) => one === '20 of 50 pods like it were; --all-pods looks into every one')).toHaveLength(30);
  });

  test('takes all of them when it is told to', async () => {
    const { asked, why } = await observe(50, true);
    expect(new Set(asked).size).toBe(50);
    expect(new Set(why)).toEqual(new Set(['different']));
  });
});
