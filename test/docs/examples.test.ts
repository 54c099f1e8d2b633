/** Everything that the pages say to type is typed, on a real cluster, and prints what the pages say. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { callAdmin, useCluster, useNamespace } from '../cluster/shared.ts';
import { findSteps, readPage, readPages } from './page.ts';
import { playPage } from './play.ts';
import { readPodSpec } from './pod-spec.ts';
import type { Shop } from './shop.ts';
import { openShop } from './shop.ts';

/** What cannot be typed here, and why. */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/^kubectl krew /, 'krew is another program; its manifest is checked with the packages'],
  [
    /^(tar|sha256sum|install|npm|git|make|npx) /,
    'installs or builds: done by the packages, their tests and this very run',
  ],
  [/^helm /, 'helm is another program; probe inject -f - is run with other input'],
  [
    /^(eval|source|kubectl reload completion .*>)/,
    'belongs into the files of a shell; the completion has tests of its own',
  ],
];
const isLeftOut = (command: string) => LEFT_OUT.some(([pattern]) => pattern.test(command));
const update = process.env['UPDATE_GOLDEN'] === '1';

/** In the order in which they are played: they share a shop, and only the last ones restart anything. */
const PAGES = ['rollout-status', 'deps', 'status', 'diff', 'permissions', 'version', 'restart', 'probe'].map(
  (name) => `docs/${name}.md`,
);

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

async function play(path: string, shop: Shop): Promise<void> {
  const deviations = await playPage(readPage(path), shop, { isLeftOut, update });
  for (const { command, expected, actual } of deviations)
    expect(`$ ${command}\n${actual}`).toBe(`$ ${command}\n${expected}`);
}

describe('what the pages say to type', () => {
  test('the README, from top to bottom', async () => {
    await using shop = await openShop(cluster);
    await play('README.md', shop);
  }, 300_000);

  test('the page of each command, one after the other', async () => {
    await using shop = await openShop(cluster);
    for (const path of PAGES) await play(path, shop);
  }, 300_000);

  test('the pod of the README is one that the API server takes', async () => {
    await using namespace = await useNamespace(cluster);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'readme' }, spec: readPodSpec() };
    const { status, text } = await callAdmin(
      cluster,
      'POST',
      `/api/v1/namespaces/${namespace.name}/pods?dryRun=All`,
      pod,
    );
    expect({ status, text: status === 201 ? '' : text }).toEqual({ status: 201, text: '' });
  });

  test('no other page says anything to type, but what cannot be run here', () => {
    const others = readPages().filter(({ path }) => path !== 'README.md' && !PAGES.includes(path));
    const typed = others.flatMap((page) => findSteps(page).map(({ command }) => `${page.path}: ${command}`));
    expect(typed.filter((line) => !isLeftOut(line.slice(line.indexOf(': ') + 2)))).toEqual([]);
  });

  test('each reason to leave a command out is one that is needed', () => {
    const typed = readPages().flatMap((page) => findSteps(page).map(({ command }) => command));
    const idle = LEFT_OUT.filter(([pattern]) => !typed.some((command) => pattern.test(command)));
    expect(idle.map(([pattern]) => String(pattern))).toEqual([]);
  });
});
