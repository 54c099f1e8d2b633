import { describe, expect, test } from 'bun:test';
import { ReloadError } from '../../../src/error.ts';
import { buildGraph } from '../../../src/graph/graph.ts';
import { collectManifests } from '../../../src/manifests/collect.ts';
import { parseManifests } from '../../../src/manifests/parse-manifests.ts';

function collect(text: string, options: { all?: boolean } = {}) {
  return collectManifests(parseManifests(text, 'f.yaml'), { namespace: 'shop', ...options });
}

function errorOf(text: string): string {
  try {
    collect(text);
  } catch (error) {
    if (error instanceof ReloadError) return error.message;
    throw error;
  }
  throw new Error('it was collected');
}

const container = '{name: app, envFrom: [{configMapRef: {name: web}}]}';
const deployment = (metadata = '{name: web}', podSpec = `{containers: [${container}]}`): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: ${metadata}\nspec:\n  template:\n    spec: ${podSpec}\n`;

describe('collectManifests', () => {
  test('gives what the cluster would give, offline', () => {
    const set = collect(
      [
        deployment(),
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {b: x}\nbinaryData: {a: AA==}\n',
        'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ntype: Opaque\nstringData: {pass: x}\n',
        'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\nimagePullSecrets: [{name: regcred}]\n',
        `apiVersion: v1\nkind: Pod\nmetadata: {name: bare}\nspec: {containers: [${container}]}\n`,
        'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {x: y}\n',
      ].join('---\n'),
    );
    expect(set).toMatchObject({ offline: true, pods: [], owners: [], unseen: [] });
    expect(
      set.workloads.map(({ ref: { kind, namespace, name }, references }) => [kind, namespace, name, references.length]),
    ).toEqual([
      ['Deployment', 'shop', 'web', 1],
      ['Pod', 'shop', 'bare', 1],
    ]);
    expect(
      set.configs.map(({ ref, keys, keysComplete, type }) => [
        ref.name,
        keys.map(({ key }) => key),
        keysComplete,
        type,
      ]),
    ).toEqual([
      ['web', ['a', 'b'], true, ''],
      ['db', ['pass'], true, 'Opaque'],
    ]);
    expect(set.serviceAccounts).toMatchObject([{ ref: { namespace: 'shop' }, imagePullSecrets: ['regcred'] }]);
  });

  test('an object stays in the namespace that it names', () => {
    const [workload] = collect(deployment('{name: web, namespace: other}')).workloads;
    expect([workload?.ref.namespace, workload?.references[0]?.config.namespace]).toEqual(['other', 'other']);
  });

  test('the last of several objects of a name counts, in whatever version of its API', () => {
    const cronJob = (version: string, name: string): string =>
      `apiVersion: batch/${version}\nkind: CronJob\nmetadata: {name: x}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, envFrom: [{secretRef: {name: ${name}}}]}]}}}}}\n`;
    const { workloads } = collect(`${cronJob('v1beta1', 'old')}---\n${cronJob('v1', 'new')}`);
    expect(workloads.map(({ references }) => references[0]?.config.name)).toEqual(['new']);
  });

  test('objects whose name the server makes are all kept', () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: once-}\nspec: {template: {spec: {containers: [${container}]}}}\n`;
    expect(collect(`${job}---\n${job}`).workloads.map(({ ref }) => ref.name)).toEqual(['once-', 'once-']);
  });

  test('a custom resource with a pod template is a workload, one without is not', () => {
    const custom = (spec: string): string =>
      `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}\nspec: ${spec}\n`;
    expect(collect(custom(`{template: {spec: {containers: [${container}]}}}`)).workloads).toMatchObject([
      { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service' }, references: [{ via: 'envFrom' }] },
    ]);
    expect(collect(custom('{template: {spec: {containers: 7}}}')).workloads).toEqual([]);
  });

  test('pods that were read from a cluster find their workload', () => {
    const text = `${deployment('{name: web, uid: d}')}---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, uid: rs, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true}]}
spec: {template: {spec: {containers: []}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1-x, uid: p, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: rs, controller: true}]}
spec: {containers: [${container}]}
`;
    const { workloads } = buildGraph(collect(text), { all: false });
    expect(workloads.map(({ ref, pods }) => [ref.kind, pods.map((pod) => pod.ref.name)])).toEqual([
      ['Deployment', ['web-1-x']],
    ]);
  });

  test('what the ServiceAccount admission added is left out unless all is asked for', () => {
    const volume = '{name: kube-api-access-x, projected: {sources: [{configMap: {name: kube-root-ca.crt}}]}}';
    const text = deployment('{name: web}', `{containers: [{name: app}], volumes: [${volume}]}`);
    expect(collect(text).workloads[0]?.references).toEqual([]);
    expect(collect(text, { all: true }).workloads[0]?.references).toHaveLength(1);
  });
});

describe('a field of the wrong type is an error with its place', () => {
  test.each([
    [
      deployment('{name: web}', '{containers: {name: app}}'),
      6,
      'Deployment "web": spec.template.spec.containers must be a list',
    ],
    [
      deployment(
        '{name: web}',
        '\n      containers:\n      - name: app\n        env:\n        - name: A\n          valueFrom: {secretKeyRef: {name: 7, key: a}}',
      ),
      11,
      'Deployment "web": spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name must be a text (put it in quotes)',
    ],
    [
      deployment('{name: web}', '\n      containers:\n      - name: app\n      -\n'),
      8,
      'Deployment "web": spec.template.spec.containers[1] must not be empty',
    ],
    [
      deployment('{name: web}', '{volumes: [{name: v, configMap: web}]}'),
      6,
      'Deployment "web": spec.template.spec.volumes[0].configMap must be a mapping',
    ],
    [
      deployment('{name: web}', '{volumes: [{name: v, secret: {secretName: x, optional: "true"}}]}'),
      6,
      'Deployment "web": spec.template.spec.volumes[0].secret.optional must be true or false',
    ],
    [
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: pg}\nspec: []\n',
      4,
      'StatefulSet "pg": spec must be a mapping',
    ],
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 0123\n',
      4,
      'ConfigMap: metadata.name must be a text (put it in quotes)',
    ],
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: 1}\n',
      3,
      'ConfigMap "a": metadata.namespace must be a text (put it in quotes)',
    ],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: []\n', 3, 'ConfigMap: metadata must be a mapping'],
    ['apiVersion: v1\nkind: Secret\n', 1, 'Secret: metadata.name is missing'],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: [x]\n', 4, 'ConfigMap "a": data must be a mapping'],
    [
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nimagePullSecrets: [x]\n',
      4,
      'ServiceAccount "a": imagePullSecrets[0] must be a mapping',
    ],
  ])('%#', (text, line, message) => {
    expect(errorOf(text)).toBe(`f.yaml: document 1, line ${line}: ${message}`);
    const other = deployment(
      '{name: other}',
      '{containers: [{name: a}, {name: b, env: [{name: A, valueFrom: {}}]}], volumes: []}',
    );
    expect(errorOf(`${other}---\n${text}\n---\n${other}`)).toBe(`f.yaml: document 2, line ${line + 7}: ${message}`);
  });

  test('in a List too, of YAML or JSON', () => {
    const item = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { volumes: 'x' } } },
    };
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }, item],
    };
    const text = JSON.stringify(list, null, 2);
    const line = text.slice(0, text.indexOf('"volumes"')).split('\n').length;
    expect(errorOf(text)).toBe(
      `f.yaml: document 1, line ${line}: Deployment "web": spec.template.spec.volumes must be a list`,
    );
  });

  test('in the second of several JSON values too', () => {
    const secret = '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}';
    const wrong = '{"apiVersion":"v1","kind":"Secret",\n"metadata":{"name":"b"},\n"data":"x"}';
    expect(errorOf(`${secret}\n${wrong}`)).toBe('f.yaml: document 2, line 4: Secret "b": data must be a mapping');
  });

  test('but null is as good as absent', () => {
    expect(collect(deployment('{name: web}', '{containers: null, volumes: ~}')).workloads).toHaveLength(1);
  });
});
