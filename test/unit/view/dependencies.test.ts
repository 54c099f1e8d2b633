import { describe, expect, test } from 'bun:test';
import type { Dependency } from '../../../src/types.ts';
import { renderDot, renderMermaid } from '../../../src/view/dependency-diagram.ts';
import { summarizeDependencies } from '../../../src/view/dependency-summary.ts';
import { renderDependencyTable } from '../../../src/view/dependency-table.ts';
import { renderDependencyTree } from '../../../src/view/dependency-tree.ts';
import { makeStyles } from '../../../src/view/style.ts';
import { makeDependency, makeGraph, makeRef } from '../../support/make-objects.ts';

const styles = makeStyles(false);
const DB = makeRef('StatefulSet', 'db');
const DEPENDENCIES: Dependency[] = [
  makeDependency({ at: 'LOG_LEVEL', keys: ['LOG_LEVEL'] }),
  makeDependency({ config: makeRef('Secret', 'login'), via: 'envFrom', at: 'DB_*', keys: null, exists: false }),
  makeDependency({
    config: makeRef('Secret', 'pull'),
    via: 'imagePullSecret',
    at: 'imagePullSecrets',
    keys: null,
    container: null,
    optional: true,
    exists: false,
  }),
  makeDependency({
    workload: DB,
    container: 'db',
    config: makeRef('ConfigMap', 'db'),
    via: 'subPath',
    at: '/etc/db.conf',
    keys: ['db.conf'],
    missingKeys: ['db.conf'],
  }),
  makeDependency({
    workload: DB,
    container: 'setup',
    init: true,
    config: makeRef('ConfigMap', 'db'),
    via: 'volume',
    at: '/etc/db',
    keys: null,
    exists: null,
  }),
];

describe('the dependencies', () => {
  test('as a tree from the workloads say how and what is missing', () => {
    expect(renderDependencyTree(DEPENDENCIES, { root: 'workload', showNamespace: false, styles })).toBe(
      `deployment/web
├─ app  configmap/web  env LOG_LEVEL  key LOG_LEVEL
├─ app  secret/login   envFrom DB_*   all keys       missing
└─ pod  secret/pull    pull secret                   absent (optional)
statefulset/db
├─ db          configmap/db  /etc/db.conf (subPath)  key db.conf  missing: key db.conf
└─ init setup  configmap/db  /etc/db                 all keys
`,
    );
  });

  test('as a tree from the configs name the workload and the container', () => {
    expect(renderDependencyTree(DEPENDENCIES.slice(0, 1), { root: 'config', showNamespace: true, styles })).toBe(
      'shop  configmap/web\n└─ deployment/web  app  env LOG_LEVEL  key LOG_LEVEL\n',
    );
  });

  test('as a wide table have a column each for keys, optional and target', () => {
    expect(
      renderDependencyTable(DEPENDENCIES.slice(3), {
        root: 'workload',
        wide: true,
        showNamespace: true,
        headers: true,
        styles,
      }),
    ).toBe(
      `NAMESPACE  WORKLOAD        CONTAINER   CONFIG        USED AS                 KEYS     OPTIONAL  TARGET
shop       statefulset/db  db          configmap/db  /etc/db.conf (subPath)  db.conf  no        missing: key db.conf
shop       statefulset/db  init setup  configmap/db  /etc/db                 *        no        not known
`,
    );
  });

  test('as dot and mermaid have one edge a pair, and names that cannot break out of their quotes', () => {
    const hostile = [
      makeDependency({ config: makeRef('ConfigMap', 'a"b\\c<d>') }),
      makeDependency({ config: makeRef('ConfigMap', 'a"b\\c<d>'), at: 'OTHER' }),
    ];
    expect(renderDot(hostile, false)).toContain('n0 -> n1 [label="env LEVEL, env OTHER"];');
    expect(renderDot(hostile, false)).toContain('label="configmap/a\\"b\\\\c<d>"');
    expect(renderMermaid(hostile, false)).toBe(
      'flowchart LR\n  n0["deployment/web"]\n  n1[("configmap/a#34;b\\c#60;d#62;")]\n  n0 -->|"env LEVEL, env OTHER"| n1\n',
    );
  });

  test('end with what is broken and what nobody uses', () => {
    const unused = [makeRef('ConfigMap', 'idle'), makeRef('Secret', 'old')];
    const picture = {
      graph: makeGraph(),
      dependencies: DEPENDENCIES,
      unused,
      showNamespace: false,
      where: 'in namespace shop',
      unmatched: '',
    };
    expect(summarizeDependencies(picture)).toBe(
      '2 required references have no target.\nUsed by no workload: configmap/idle and secret/old.\n',
    );
    const unmatched = 'there is no cronjob in namespace shop';
    expect(summarizeDependencies({ ...picture, dependencies: [], unused: [], unmatched })).toBe(
      'There is no cronjob in namespace shop.\n',
    );
    expect(summarizeDependencies({ ...picture, dependencies: [], unused: [] })).toBe(
      'No workload uses a ConfigMap or Secret here.\n',
    );
    expect(
      summarizeDependencies({ ...picture, graph: makeGraph({ workloads: [] }), dependencies: [], unused: [] }),
    ).toBe('No workloads found in namespace shop.\n');
  });
});
