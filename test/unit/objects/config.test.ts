import { describe, expect, test } from 'bun:test';
import { projectConfig } from '../../../src/objects/config.ts';

const COLUMNS = ['Name', 'Data', 'Age'];
const T = (minute: number): string => `2026-01-01T10:0${minute}:00Z`;

interface Entry {
  manager?: string;
  time?: string;
  fieldsV1?: unknown;
}

function owns(fields: Record<string, string[]>): object {
  return Object.fromEntries(
    Object.entries(fields).map(([field, keys]) => [
      `f:${field}`,
      { '.': {}, ...Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
    ]),
  );
}

function makeRow(count: number, managedFields: Entry[] | undefined, createdAt = T(0)) {
  const metadata = { name: 'web', namespace: 'shop', creationTimestamp: createdAt, managedFields };
  return { object: { kind: 'PartialObjectMetadata', metadata }, cells: ['web', count, '1h'], columns: COLUMNS };
}

describe('a row of a table', () => {
  test('tells keys, their last writers and times, and that these are all', () => {
    const row = makeRow(3, [
      { manager: 'helm', time: T(1), fieldsV1: owns({ data: ['a', 'b'] }) },
      { manager: 'kubectl-edit', time: T(3), fieldsV1: owns({ data: ['b'], binaryData: ['c'] }) },
      { manager: 'argo', time: T(2), fieldsV1: owns({ data: ['b'] }) },
    ]);
    const config = projectConfig(row, 'ConfigMap');
    expect(config.ref).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' });
    expect(config.keys).toEqual([
      { key: 'a', at: T(1), by: 'helm' },
      { key: 'b', at: T(3), by: 'kubectl-edit' },
      { key: 'c', at: T(3), by: 'kubectl-edit', binary: true },
    ]);
    expect([config.keysComplete, config.timesIncomplete]).toEqual([true, false]);
  });

  test('with more keys than owners is not complete', () => {
    const config = projectConfig(makeRow(3, [{ time: T(1), fieldsV1: owns({ data: ['a', 'b'] }) }]), 'ConfigMap');
    expect([config.keysComplete, config.timesIncomplete]).toEqual([false, false]);
  });

  test('with owners of keys that are gone is not complete', () => {
    const config = projectConfig(makeRow(1, [{ time: T(1), fieldsV1: owns({ stringData: ['a', 'gone'] }) }]), 'Secret');
    expect(config.keysComplete).toBe(false);
  });

  test('a key with an owner that carries no time has no time, and the object’s times prove nothing', () => {
    const row = makeRow(2, [
      { manager: 'kubectl', fieldsV1: owns({ data: ['a'] }) },
      { manager: 'helm', time: T(2), fieldsV1: owns({ data: ['a', 'b'] }) },
    ]);
    const config = projectConfig(row, 'ConfigMap');
    expect(config.keys).toEqual([
      { key: 'a', at: null, by: 'helm' },
      { key: 'b', at: T(2), by: 'helm' },
    ]);
    expect(config.timesIncomplete).toBe(true);
  });

  test('an entry without a time that owns no key spoils the times too: a merge leaves such a trace', () => {
    const row = makeRow(1, [
      { manager: 'kubectl', time: T(1), fieldsV1: owns({ data: ['a'] }) },
      { manager: 'kubectl-last-applied', fieldsV1: { 'f:metadata': { 'f:annotations': {} } } },
    ]);
    const config = projectConfig(row, 'ConfigMap');
    expect(config.keys).toEqual([{ key: 'a', at: T(1), by: 'kubectl' }]);
    expect(config.timesIncomplete).toBe(true);
  });

  test('no key is older than its object', () => {
    const row = makeRow(1, [{ manager: 'restore', time: '2020-01-01T00:00:00Z', fieldsV1: owns({ data: ['a'] }) }]);
    expect(projectConfig(row, 'ConfigMap').keys).toEqual([{ key: 'a', at: T(0), by: 'restore' }]);
  });

  test('without managedFields nothing is known', () => {
    for (const managedFields of [undefined, [], [{}]]) {
      const config = projectConfig(makeRow(2, managedFields), 'ConfigMap');
      expect([config.keys, config.keysComplete, config.timesIncomplete]).toEqual([[], false, true]);
    }
  });

  test('without keys it is complete', () => {
    const row = makeRow(0, [{ manager: 'x', time: T(1), fieldsV1: { 'f:metadata': {} } }]);
    expect(projectConfig(row, 'ConfigMap')).toMatchObject({ keys: [], keysComplete: true, timesIncomplete: false });
  });

  test('of a Secret tells its type, and keys that were applied as stringData', () => {
    const row = makeRow(1, [{ manager: 'x', time: T(1), fieldsV1: owns({ stringData: ['pass'] }) }]);
    const secret = { ...row, cells: ['db', 'Opaque', 1, '1h'], columns: ['Name', 'Type', 'Data', 'Age'] };
    expect(projectConfig(secret, 'Secret')).toMatchObject({
      type: 'Opaque',
      keys: [{ key: 'pass', at: T(1), by: 'x' }],
      keysComplete: true,
    });
  });

  test('managedFields of any shape are survived, and a time that is none is no time', () => {
    const hostile = [
      null,
      'x',
      { manager: 7, time: 'yesterday', fieldsV1: { 'f:data': { 'f:__proto__': {}, 'f:constructor': {}, k: 1 } } },
      { time: T(1), fieldsV1: 'x' },
      { time: T(1), fieldsV1: { 'f:data': [], 'f:binaryData': 'x' } },
    ];
    const raw = JSON.parse(JSON.stringify({ metadata: { name: 'web', managedFields: hostile } }));
    const config = projectConfig({ object: raw, cells: ['web', '2'], columns: ['Name', 'Data'] }, 'ConfigMap');
    expect(config.keys).toEqual([
      { key: '__proto__', at: null, by: null },
      { key: 'constructor', at: null, by: null },
    ]);
    expect([config.keysComplete, config.timesIncomplete]).toEqual([true, true]);
    expect(projectConfig({ object: { metadata: { managedFields: 'x' } } }, 'Secret').timesIncomplete).toBe(true);
  });
});

test('metadata alone cannot tell that there are no more keys', () => {
  const { object } = makeRow(0, [{ manager: 'x', time: T(1), fieldsV1: owns({ data: ['a'] }) }]);
  const config = projectConfig({ object }, 'ConfigMap');
  expect([config.keys.map(({ key }) => key), config.keysComplete]).toEqual([['a'], false]);
});

describe('a whole object', () => {
  test('has the keys of data, stringData and binaryData, and no value is kept', () => {
    const object = JSON.parse(
      '{"type":"Opaque","metadata":{"name":"db","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"hunter2"}},' +
        '"data":{"b":"aHVudGVyMg==","__proto__":"x"},"stringData":{"a":"hunter2","b":"hunter2"},"binaryData":{"c":"AA=="}}',
    );
    const config = projectConfig({ object, cells: [], columns: [] }, 'Secret');
    expect(config.keys.map(({ key }) => key)).toEqual(['__proto__', 'a', 'b', 'c']);
    expect(config).toMatchObject({ type: 'Opaque', keysComplete: true, timesIncomplete: true });
    expect(JSON.stringify(config)).not.toContain('hunter2');
    expect(JSON.stringify(config)).not.toContain('aHVudGVyMg');
  });

  test('takes times from managedFields where it has them', () => {
    const managedFields = [{ manager: 'helm', time: T(1), fieldsV1: owns({ data: ['a'] }) }];
    const object = { metadata: { name: 'web', managedFields }, data: { a: '1', b: '2' }, binaryData: { c: 'AA==' } };
    expect(projectConfig({ object }, 'ConfigMap').keys).toEqual([
      { key: 'a', at: T(1), by: 'helm' },
      { key: 'b', at: null, by: null },
      { key: 'c', at: null, by: null, binary: true },
    ]);
  });
});
