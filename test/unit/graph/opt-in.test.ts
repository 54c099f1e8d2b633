import { describe, expect, test } from 'bun:test';
import { makeFindOptIns } from '../../../src/graph/opt-in.ts';
import { makeConfig, makeRef, makeWorkload } from '../../support/make-objects.ts';

const KEY = 'configmap.reloader.stakater.com/reload';
const names = ['web', 'web-env', 'web-files', 'my.cfg', 'my-cfg', 'db'];
const configs = [
  ...names.map((name) => makeConfig({ ref: makeRef('ConfigMap', name) })),
  makeConfig({ ref: makeRef('Secret', 'db') }),
  makeConfig({ ref: makeRef('ConfigMap', 'web-elsewhere', 'other') }),
];

function find(annotations: Record<string, string>, templateAnnotations: Record<string, string> = {}): string[] {
  return makeFindOptIns(configs)(makeWorkload({ annotations, templateAnnotations })).map(
    ({ config }) => `${config.kind}/${config.name}`,
  );
}

describe('names in Reloader’s annotations', () => {
  test('are optional uses by the pod, of all keys', () => {
    expect(makeFindOptIns(configs)(makeWorkload({ annotations: { [KEY]: 'web' } }))).toEqual([
      {
        config: makeRef('ConfigMap', 'web'),
        container: null,
        init: false,
        via: 'annotation',
        keys: null,
        at: KEY,
        optional: true,
      },
    ]);
  });

  test('are a list for each kind', () => {
    expect(find({ [KEY]: ' web , db,,', 'secret.reloader.stakater.com/reload': 'db' })).toEqual([
      'ConfigMap/web',
      'ConfigMap/db',
      'Secret/db',
    ]);
  });

  test('are uses even where nothing of the name exists', () => {
    expect(find({ [KEY]: 'absent' })).toEqual(['ConfigMap/absent']);
  });

  test('are patterns for the whole name, a dot any sign', () => {
    expect(find({ [KEY]: 'web-.*' })).toEqual(['ConfigMap/web-env', 'ConfigMap/web-files']);
    expect(find({ [KEY]: 'my.cfg' })).toEqual(['ConfigMap/my.cfg', 'ConfigMap/my-cfg']);
    expect(find({ [KEY]: '(web|db)' })).toEqual(['ConfigMap/web', 'ConfigMap/db']);
  });

  test('that are patterns and match nothing name nothing', () => {
    expect(find({ [KEY]: 'nothing-.*,[' })).toEqual([]);
  });

  test('match no config of another namespace', () => {
    expect(find({ [KEY]: '.*elsewhere' })).toEqual([]);
  });

  test('are read from the template only where the workload has no annotation of the kind', () => {
    expect(find({}, { [KEY]: 'web' })).toEqual(['ConfigMap/web']);
    for (const key of [
      KEY,
      'reloader.stakater.com/auto',
      'configmap.reloader.stakater.com/auto',
      'reloader.stakater.com/search',
    ]) {
      expect([key, find({ [key]: '' }, { [KEY]: 'web' })]).toEqual([key, []]);
    }
    expect(find({ 'secret.reloader.stakater.com/auto': 'true' }, { [KEY]: 'web' })).toEqual(['ConfigMap/web']);
  });

  test('auto and search alone name nothing: what they reload is what pods use', () => {
    expect(find({ 'reloader.stakater.com/auto': 'true', 'reloader.stakater.com/search': 'true' })).toEqual([]);
  });
});
