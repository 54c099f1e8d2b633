/** Whatever a manifest holds: it is read, or refused in words that can be shown, repeat no value of a Secret, and name no bug of ours. */
import { expect, test } from 'bun:test';
import { stringify } from 'yaml';
import { ReloadError } from '../../src/error.ts';
import { buildGraph } from '../../src/graph/graph.ts';
import { collectManifests } from '../../src/manifests/collect.ts';
import { parseManifests } from '../../src/manifests/parse-manifests.ts';
import { rewriteManifests, toYaml } from '../../src/manifests/rewrite-manifests.ts';
import type { JsonObject } from '../../src/objects/json.ts';
import { isEqualJson } from '../../src/objects/json-edit.ts';
import { renderDot, renderMermaid } from '../../src/view/dependency-diagram.ts';
import { renderDependencyTable } from '../../src/view/dependency-table.ts';
import { renderDependencyTree } from '../../src/view/dependency-tree.ts';
import { formatJson, formatYaml } from '../../src/view/report.ts';
import { makeStyles, stripStyles } from '../../src/view/style.ts';
import { escapeLines } from '../../src/view/text.ts';
import type { Random } from '../support/random.ts';
import { damage, makeName, makeText, SECRET, UNSAFE } from './hostile-text.ts';
import { makeObjects } from './objects.ts';
import { SEARCH_TIMEOUT, search } from './search.ts';

const styles = makeStyles(true);

function makeManifestText(random: Random): string {
  const maker = makeObjects(random);
  const objects = [maker.object(), ...random.some(2, maker.object)];
  const asJson = random.once(3);
  const text = objects
    .map((object) =>
      asJson
        ? JSON.stringify(object, null, random.below(3))
        : stringify(object, { version: random.pick(['1.1', '1.2']), lineWidth: random.pick([0, 40]) }),
    )
    .join(asJson ? '\n' : '---\n');
  return random.once(3) ? damage(text, random) : text;
}

/** What `work` gives; `undefined` where it refuses, in words that are checked. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ReloadError)) throw error;
    const words = `${error.message}\n${error.hint ?? ''}`;
    expect(words).not.toContain(SECRET);
    expect(UNSAFE.exec(escapeLines(words))?.[0]).toBeUndefined();
    return undefined;
  }
}

test(
  'manifests of hostile texts, of wrong types and of damaged letters are read or refused, and shown without harm',
  async () => {
    let shown = 0;
    await search(0.6, async (random) => {
      const text = makeManifestText(random);
      const objects = attempt(() => parseManifests(text, `dir/${makeText(random)}.yaml`));
      const set =
        objects && attempt(() => collectManifests(objects, { namespace: makeName(random), all: random.once(2) }));
      if (set === undefined) return;
      const { dependencies } = buildGraph(set, { all: random.once(2) });
      const layout = {
        showNamespace: random.once(2),
        headers: true,
        styles,
        root: random.pick(['workload', 'config'] as const),
      };
      const printed = [
        renderDependencyTable(dependencies, { ...layout, wide: true }),
        renderDependencyTree(dependencies, layout),
        renderDot(dependencies, layout.showNamespace),
        renderMermaid(dependencies, layout.showNamespace),
        formatJson(dependencies, 2),
        await formatYaml(dependencies),
      ];
      shown += dependencies.length;
      for (const one of printed) {
        expect(UNSAFE.exec(stripStyles(one))?.[0]).toBeUndefined();
        expect(one).not.toContain(SECRET);
      }
      expect(JSON.parse(formatJson(dependencies))).toEqual(JSON.parse(JSON.stringify(dependencies)));
    });
    // The search was not in one corner only.
    expect(shown).toBeGreaterThan(0);
  },
  SEARCH_TIMEOUT,
);

test(
  'a manifest that is changed in one field has that change and no other, or is refused',
  async () => {
    let changed = 0;
    await search(0.4, (random) => {
      const source = attempt(() => toYaml({ file: 'a.yaml', text: makeManifestText(random) }));
      const before = source && attempt(() => parseManifests(source.text, 'a.yaml'));
      if (source === undefined || before === undefined || before.length === 0) return;
      expect(rewriteManifests(source, ({ raw }) => raw)).toBe(source.text);
      const chosen = random.below(before.length);
      let index = 0;
      const field = makeName(random);
      const values = before.map(
        ({ raw }, at): JsonObject => (at === chosen ? { ...raw, [field]: makeText(random) } : raw),
      );
      if (typeof values[chosen]?.['kind'] !== 'string' || field === 'items') return;
      const text = attempt(() => rewriteManifests(source, ({ raw }) => values[index++] ?? raw));
      if (text === undefined) return;
      changed++;
      const after = parseManifests(text, 'a.yaml');
      expect(after.length).toBe(values.length);
      expect(after.every(({ raw }, at) => isEqualJson(raw, values[at]))).toBeTrue();
    });
    expect(changed).toBeGreaterThan(0);
  },
  SEARCH_TIMEOUT,
);
