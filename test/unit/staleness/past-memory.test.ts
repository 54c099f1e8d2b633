import { expect, test } from 'bun:test';
import type { HistoryQuestion, PastConfig } from '../../../src/staleness/history.ts';
import { makePastMemory } from '../../../src/staleness/past-memory.ts';
import { makeConfig, makeRef } from '../../support/make-objects.ts';

function makeQuestion(resourceVersion: string | null): HistoryQuestion {
  return { kind: 'ConfigMap', ref: makeRef('ConfigMap', 'web'), resourceVersion };
}

function start() {
  const asked: (string | null)[] = [];
  const memory = makePastMemory({
    config: async ({ resourceVersion }): Promise<PastConfig> => {
      asked.push(resourceVersion);
      return { config: makeConfig(), content: new Map([['LEVEL', `hash ${asked.length}`]]) };
    },
    pods: async ({ resourceVersion }) => {
      asked.push(resourceVersion);
      return new Set([`pod ${asked.length}`]);
    },
  });
  const begin = (resourceVersion: string) => memory.begin({ configs: [makeConfig({ resourceVersion })] });
  return { asked, ...memory, begin };
}

test('the past is asked for once, also by later states', async () => {
  const { asked, begin, read } = start();
  begin('100');
  const first = await read(makeQuestion('99'));
  begin('100');
  expect(await read(makeQuestion('99'))).toBe(first);
  expect(await read(makeQuestion('99'))).toBe(first);
  await read(makeQuestion('98'));
  expect(asked).toEqual(['99', '98']);
});

test('which pods were there is asked for once a namespace', async () => {
  const { asked, begin, readPods } = start();
  begin('100');
  const first = await readPods({ namespace: 'shop', resourceVersion: '99' });
  begin('100');
  expect(await readPods({ namespace: 'shop', resourceVersion: '99' })).toBe(first);
  expect(await readPods({ namespace: 'mail', resourceVersion: '99' })).not.toBe(first);
  expect(asked).toEqual(['99', '99']);
});

test('the content of now is asked for again when the config has been written', async () => {
  const { asked, begin, read } = start();
  begin('100');
  const first = await read(makeQuestion(null));
  begin('100');
  expect(await read(makeQuestion(null))).toBe(first);
  begin('101');
  expect(await read(makeQuestion(null))).not.toBe(first);
  expect(asked).toEqual([null, null]);
});

test('what a state does not ask for is forgotten', async () => {
  const { asked, begin, read } = start();
  begin('100');
  await read(makeQuestion('99'));
  begin('100');
  begin('100');
  await read(makeQuestion('99'));
  expect(asked).toEqual(['99', '99']);
});
