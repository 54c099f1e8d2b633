import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Dependency } from '../../src/types.ts';
import { askReferences, buildOracle } from '../oracle/oracle.ts';
import type { GeneratedWorkload } from '../support/generate-workloads.ts';
import { generateWorkloads } from '../support/generate-workloads.ts';
import { runCommand } from '../support/run-command.ts';

/** Compiling against Kubernetes takes minutes the first time. */
const BUILD = 15 * 60_000;
const NAMESPACE = 'assumed';

let folder: string;

beforeAll(async () => {
  await buildOracle();
  folder = await mkdtemp(join(tmpdir(), 'references-oracle-'));
}, BUILD);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

for (const seed of [1, 2026, 4711]) {
  test(`500 generated workloads (seed ${seed}) use the configs that Kubernetes counts, no more and no fewer`, async () => {
    const workloads = generateWorkloads(seed, 500);
    const directory = join(folder, String(seed));
    await writePile(workloads, directory);

    const { code, stdout } = await runCommand(['deps', '-o', 'json', '-R', '--all', '-n', NAMESPACE, '-f', directory]);
    expect(code).toBe(0);
    const { items }: { items: Dependency[] } = JSON.parse(stdout);
    const found = new Set(items.map(({ workload, config }) => `${nameObject(workload)} ${nameObject(config)}`));

    const answers = await askReferences(
      workloads.map(({ podSpec }) => ({ apiVersion: 'v1', kind: 'Pod', spec: podSpec })),
    );
    const expected = workloads.flatMap(({ manifest: { kind, metadata } }, index) => {
      const { configmaps = [], secrets = [] } = answers[index] ?? {};
      const namespace = metadata.namespace ?? NAMESPACE;
      const workload = nameObject({ kind, namespace, name: metadata.name });
      return [
        ...configmaps.map((name) => `${workload} ${nameObject({ kind: 'ConfigMap', namespace, name })}`),
        ...secrets.map((name) => `${workload} ${nameObject({ kind: 'Secret', namespace, name })}`),
      ];
    });

    expect(answers).toHaveLength(workloads.length);
    expect(expected.length).toBeGreaterThan(1000);
    expect([...found].sort()).toEqual(expected.sort());
  });
}

/** Some of them as documents of YAML, some as a List in JSON, some as JSON values in a row, in directories. */
async function writePile(workloads: readonly GeneratedWorkload[], directory: string): Promise<void> {
  const objects = workloads.map(({ manifest }) => manifest);
  const third = Math.ceil(objects.length / 3);
  const list = { apiVersion: 'v1', kind: 'List', items: objects.slice(third, 2 * third) };
  await mkdir(join(directory, 'deeper'), { recursive: true });
  await writeFile(
    join(directory, 'documents.yaml'),
    // Quotes what kubectl's YAML takes for something other than text.
    objects
      .slice(0, third)
      .map((object) => stringify(object, { version: '1.1' }))
      .join('---\n'),
  );
  await writeFile(join(directory, 'list.json'), JSON.stringify(list, null, 2));
  await writeFile(
    join(directory, 'deeper', 'values.json'),
    objects
      .slice(2 * third)
      .map((object) => JSON.stringify(object))
      .join('\n'),
  );
}

function nameObject({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return JSON.stringify([namespace, kind, name]);
}
