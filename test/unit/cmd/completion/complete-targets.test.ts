import { describe, expect, test } from 'bun:test';
import { completeConfigs, completeTarget } from '../../../../cmd/completion/complete-targets.ts';
import type { ResourceKind } from '../../../../src/objects/kinds.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['web', 'worker'],
  StatefulSet: ['db'],
  ConfigMap: ['settings'],
  Secret: ['login'],
};
const listObjects = async ({ kind }: ResourceKind) => NAMES[kind] ?? [];

async function target(typed: string, ...before: string[]): Promise<string[]> {
  const { candidates } = await completeTarget(typed, before, listObjects);
  return candidates.map(({ text }) => text);
}

describe('a target', () => {
  test('begins with a type by its plural, or by its short name where no plural fits', async () => {
    expect(await target('d')).toEqual(['deployments', 'daemonsets']);
    expect(await target('deploy')).toEqual(['deployments']);
    expect(await target('st')).toEqual(['statefulsets']);
    expect(await target('sts')).toEqual(['sts']);
    expect(await target('')).toContain('configmaps');
  });

  test('of a kind that few clusters have is offered where no other fits', async () => {
    expect(await target('deploym')).toEqual(['deployments']);
    expect(await target('deploymentc')).toEqual(['deploymentconfigs']);
    expect(await target('ro')).toEqual(['rollouts']);
    expect(await target('dc')).toEqual(['dc']);
  });

  test('is of a kind that has pods or is a config', async () => {
    expect(await target('serv')).toEqual([]);
    expect(await target('serviceaccounts/')).toEqual([]);
  });

  test('may be of several types, each once', async () => {
    expect(await target('deploy,st')).toEqual(['deploy,statefulsets']);
    expect(await target('deploy,deployments')).toEqual([]);
    expect(await target('what,st')).toEqual([]);
  });

  test('may be a pair, in any spelling of the type', async () => {
    expect(await target('deploy/w')).toEqual(['deploy/web', 'deploy/worker']);
    expect(await target('deployments.v1.apps/we')).toEqual(['deployments.v1.apps/web']);
    expect(await target('Secret/')).toEqual(['Secret/login']);
    expect(await target('$(reboot)/')).toEqual([]);
  });

  test('after a pair is a pair that was not named yet', async () => {
    expect(await target('deploy/w', 'deploy/web')).toEqual(['deploy/worker']);
    const { candidates, noSpace } = await completeTarget('conf', ['deploy/web'], listObjects);
    expect(candidates).toEqual([{ text: 'configmaps/', description: 'ConfigMap' }]);
    expect(noSpace).toBe(true);
  });

  test('after types is a name of any of them that was not named yet', async () => {
    expect(await target('', 'deploy,sts')).toEqual(['db', 'web', 'worker']);
    expect(await target('w', 'deploy', 'web')).toEqual(['worker']);
    expect(await target('deploy/', 'deploy')).toEqual([]);
    expect(await target('', 'what')).toEqual([]);
  });
});

describe('a config', () => {
  test('is a pair of a config kind, and may follow others after a comma', async () => {
    const complete = async (typed: string) => (await completeConfigs(typed, listObjects)).candidates;
    expect(await complete('')).toEqual([
      { text: 'configmaps/', description: 'ConfigMap' },
      { text: 'secrets/', description: 'Secret' },
    ]);
    expect(await complete('cm')).toEqual([{ text: 'cm/', description: 'ConfigMap' }]);
    expect(await complete('cm/settings,secret/')).toEqual([{ text: 'cm/settings,secret/login' }]);
    expect(await complete('cm/settings,cm/')).toEqual([]);
    expect(await complete('deploy/')).toEqual([]);
  });
});
