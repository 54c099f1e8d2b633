import { describe, expect, test } from 'bun:test';
import { pickConfigs } from '../../../src/diff/pick-configs.ts';
import { parseManifests } from '../../../src/manifests/parse-manifests.ts';

const pick = (text: string, options: { namespace?: string; isEnforced?: boolean } = {}) =>
  pickConfigs(parseManifests(text, 'app.yaml'), { namespace: 'shop', isEnforced: false, ...options });

const configMap = (name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}\n---\n`;

describe('the configs of manifests', () => {
  test('come with their namespaces, the last of a name for all, and the rest counted', () => {
    const text = [
      configMap('a', 'data: {x: "1"}'),
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: other, labels: {app: web}}\n---\n',
      configMap('a', 'data: {x: "2"}'),
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n---\n',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\n',
    ].join('');
    const { configs, others, namespaces } = pick(text);
    expect(configs.map(({ ref, raw, labels, file }) => [ref.kind, ref.namespace, raw.data, labels, file])).toEqual([
      ['ConfigMap', 'shop', { x: '2' }, {}, 'app.yaml'],
      ['Secret', 'other', undefined, { app: 'web' }, 'app.yaml'],
    ]);
    expect(configs[0]?.raw.metadata).toEqual({ name: 'a', namespace: 'shop' });
    expect([...others]).toEqual([
      ['Namespace', 1],
      ['Deployment', 1],
    ]);
    expect([...namespaces]).toEqual(['other']);
  });

  test('may not name another namespace than -n', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other}\n';
    expect(() => pick(text, { isEnforced: true })).toThrow(
      'the namespace from the provided object "other" does not match the namespace "shop"',
    );
    expect(pick(text.replace('other', 'shop'), { isEnforced: true }).configs).toHaveLength(1);
  });

  test('hold texts: what is none is refused with its place, and without its value', () => {
    const text = `${configMap('a')}apiVersion: v1\nkind: Secret\nmetadata: {name: pin}\nstringData:\n  CODE: 31415926\n`;
    expect(() => pick(text)).toThrow(
      'app.yaml: document 2, line 10: Secret "pin": stringData.CODE must be a text (put it in quotes)',
    );
  });

  test('have a name', () => {
    expect(() => pick('apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n')).toThrow(
      'metadata.name is missing',
    );
  });
});
