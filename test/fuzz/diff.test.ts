/** Whatever two contents of a config hold, their difference is told: without harm to a terminal, and without the values of a Secret. */
import { expect, test } from 'bun:test';
import { makeLineBudget } from '../../src/diff/diff-lines.ts';
import { diffManifest } from '../../src/diff/diff-manifest.ts';
import { describeSides, nameDiffFile } from '../../src/diff/external-diff.ts';
import type { JsonObject } from '../../src/objects/json.ts';
import type { ConfigKind } from '../../src/types.ts';
import { renderImpact } from '../../src/view/diff-impact.ts';
import { renderDiff } from '../../src/view/diff-text.ts';
import { formatJson, formatYaml } from '../../src/view/report.ts';
import { makeStyles, stripStyles } from '../../src/view/style.ts';
import type { Random } from '../support/random.ts';
import { damage, makeName, makeText, SECRET, UNSAFE } from './hostile-text.ts';
import { SEARCH_TIMEOUT, search } from './search.ts';

/** In base64, wherever in a group of three bytes it begins. */
const ENCODED = [0, 1, 2].map((shift) =>
  Buffer.from('x'.repeat(shift) + SECRET)
    .toString('base64')
    .slice(2, 8),
);

function makeValue(random: Random): string {
  const lines = random.some(random.pick([1, 3, 40]), () => makeText(random));
  if (random.once(500)) lines.push('x'.repeat(1_000_000));
  if (random.once(500)) lines.push('line\n'.repeat(100_000));
  return SECRET + lines.join(random.pick(['\n', '\r\n', '']));
}

/** @param like values to begin with: most of a content is the same before and after */
function makeContent(random: Random, kind: ConfigKind, like: ReadonlyMap<string, string>): Map<string, string> {
  const values = new Map(like);
  for (const [key, value] of like) {
    if (random.once(3)) values.set(key, value.length > 100_000 ? `${value}\nmore` : damage(value, random));
    if (random.once(6)) values.delete(key);
  }
  for (const key of random.some(3, () => makeName(random))) values.set(key, makeValue(random));
  return kind === 'Secret'
    ? new Map([...values].map(([key, value]) => [key, value.includes(SECRET) ? value : SECRET + value]))
    : values;
}

function makeObject(random: Random, kind: ConfigKind, content: ReadonlyMap<string, string>): JsonObject {
  const [data, binaryData]: [string, string][][] = [[], []];
  for (const [key, value] of content) {
    const encoded = Buffer.from(random.once(9) ? `\xff\0${value}` : value, random.once(9) ? 'latin1' : 'utf8').toString(
      'base64',
    );
    if (kind === 'Secret') data?.push([key, encoded]);
    else if (random.once(6)) binaryData?.push([key, encoded]);
    else data?.push([key, value]);
  }
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name: makeName(random),
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(Object.fromEntries(content)) },
    },
    ...(random.once(3) && { immutable: true }),
    ...(kind === 'Secret' && { type: random.once(3) ? makeText(random) : 'Opaque' }),
    data: Object.fromEntries(data ?? []),
    ...(kind === 'ConfigMap' && { binaryData: Object.fromEntries(binaryData ?? []) }),
  };
}

test(
  'values of any letters and any bytes are compared; what is printed does no harm, and of a Secret no value is in it',
  async () => {
    let differences = 0;
    await search(1, async (random) => {
      const kind = random.pick(['ConfigMap', 'Secret'] as const);
      const showSecrets = random.once(4);
      const before = makeContent(random, kind, new Map());
      const live = random.once(9) ? null : makeObject(random, kind, before);
      const merged = makeObject(random, kind, makeContent(random, kind, before));
      const ref = { apiVersion: 'v1', kind, namespace: makeName(random), name: makeName(random) };
      const config = { ref, kind, labels: {}, raw: merged, file: `${makeText(random)}.yaml` };
      let now = 0;
      const options = { context: random.below(5), showSecrets, budget: makeLineBudget(() => ++now * 10, 10_000) };
      const item = diffManifest(config, { live, merged, asked: true }, options);
      if (item === null) return;
      differences++;
      const items = [
        { ...item, impact: [{ workload: ref, action: 'restart' as const, breaks: true, reason: makeText(random) }] },
      ];
      const layout = { showNamespace: random.once(2), headers: true, now: 0, styles: makeStyles(true) };
      const sides = describeSides(config, { from: live, to: merged }, { showSecrets });
      const printed = [
        renderDiff(items, layout),
        renderImpact(items, layout),
        formatJson(items, 2),
        await formatYaml(items),
        await formatYaml(sides, { lines: true }),
      ];
      for (const one of printed) {
        expect(UNSAFE.exec(stripStyles(one))?.[0]).toBeUndefined();
        if (kind === 'Secret' && !showSecrets)
          for (const secret of [SECRET, ...ENCODED]) expect(one).not.toContain(secret);
      }
      expect(Math.max(...(printed[0] ?? '').split('\n').map(({ length }) => length))).toBeLessThan(20_000);
      expect(nameDiffFile(ref)).toMatch(/^v1\.(ConfigMap|Secret)\.[\w.%~-]{1,245}$/);
    });
    expect(differences).toBeGreaterThan(0);
  },
  SEARCH_TIMEOUT,
);
