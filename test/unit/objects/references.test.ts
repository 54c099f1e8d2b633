import { describe, expect, test } from 'bun:test';
import { findReferences } from '../../../src/objects/references.ts';
import type { ConfigRef } from '../../../src/types.ts';

type Spec = Record<string, unknown>;

/** References in short: `Kind/name container via at keys`, `?` for optional, `init` for init containers. */
function find(spec: Spec, options: { all?: boolean } = {}): string[] {
  return findReferences(spec, 'shop', options).map(shorten);
}

function shorten({ config, container, init, via, keys, at, optional }: ConfigRef): string {
  const keyList = keys === null ? 'all' : `[${keys.join(' ')}]`;
  const user = `${container ?? '-'}${init ? ' (init)' : ''}`;
  return `${config.kind}/${config.name}${optional ? '?' : ''} ${user} ${via} ${at} ${keyList}`;
}

function mount(container: Spec, volume: Spec): Spec {
  return { containers: [{ name: 'app', ...container }], volumes: [{ name: 'v', ...volume }] };
}

describe('variables', () => {
  test('a variable uses one key, and says which variable it is', () => {
    const env = [
      { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'level' } } },
      { name: 'PASS', valueFrom: { secretKeyRef: { name: 'db', key: 'pass', optional: true } } },
      { name: 'PLAIN', value: 'x' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ];
    expect(find({ containers: [{ name: 'app', env }] })).toEqual([
      'ConfigMap/web app env LEVEL [level]',
      'Secret/db? app env PASS [pass]',
    ]);
  });

  test('envFrom uses all keys and shows its prefix', () => {
    const envFrom = [
      { configMapRef: { name: 'web' } },
      { prefix: 'DB_', secretRef: { name: 'db', optional: true } },
      { prefix: 'X_', configMapRef: { name: 'web' } },
    ];
    expect(find({ containers: [{ name: 'app', envFrom }] })).toEqual([
      'ConfigMap/web app envFrom * all',
      'ConfigMap/web app envFrom X_* all',
      'Secret/db? app envFrom DB_* all',
    ]);
  });

  test('init containers, sidecars and ephemeral containers count, and only the first two are init', () => {
    const use = (name: string) => ({ name, envFrom: [{ configMapRef: { name: 'web' } }] });
    const spec = {
      initContainers: [use('first'), { ...use('sidecar'), restartPolicy: 'Always' }],
      containers: [use('app')],
      ephemeralContainers: [use('debug')],
    };
    expect(find(spec)).toEqual([
      'ConfigMap/web app envFrom * all',
      'ConfigMap/web debug envFrom * all',
      'ConfigMap/web first (init) envFrom * all',
      'ConfigMap/web sidecar (init) envFrom * all',
    ]);
  });

  test('the same use written twice is one reference', () => {
    const env = { name: 'A', valueFrom: { configMapKeyRef: { name: 'web', key: 'a' } } };
    expect(find({ containers: [{ name: 'app', env: [env, env] }] })).toEqual(['ConfigMap/web app env A [a]']);
  });

  test('names that every JavaScript object has are names like others', () => {
    const spec = JSON.parse(
      '{"containers":[{"name":"constructor","env":[{"name":"__proto__","valueFrom":{"configMapKeyRef":{"name":"__proto__","key":"__proto__"}}}]}]}',
    );
    expect(find(spec)).toEqual(['ConfigMap/__proto__ constructor env __proto__ [__proto__]']);
  });
});

describe('volumes', () => {
  test('a mounted volume is a use by the container at its path', () => {
    const mounts = { volumeMounts: [{ name: 'v', mountPath: '/etc/web' }] };
    expect(find(mount(mounts, { configMap: { name: 'web' } }))).toEqual(['ConfigMap/web app volume /etc/web all']);
    expect(find(mount(mounts, { secret: { secretName: 'tls', optional: true } }))).toEqual([
      'Secret/tls? app volume /etc/web all',
    ]);
  });

  test('items limit the keys', () => {
    const items = [
      { key: 'b', path: 'x' },
      { key: 'a', path: 'y' },
    ];
    expect(
      find(mount({ volumeMounts: [{ name: 'v', mountPath: '/m' }] }, { configMap: { name: 'web', items } })),
    ).toEqual(['ConfigMap/web app volume /m [a b]']);
  });

  test('a volume that no container mounts is a use by the pod itself, named after the volume, and optional: it is never set up', () => {
    expect(find(mount({}, { configMap: { name: 'web' } }))).toEqual(['ConfigMap/web? - volume v all']);
  });

  test('each source of a projected volume is a use', () => {
    const sources = [
      { configMap: { name: 'web', items: [{ key: 'a', path: 'a' }] } },
      { secret: { name: 'db', optional: true } },
      { serviceAccountToken: { path: 'token' } },
      { clusterTrustBundle: { name: 'ca', path: 'ca.pem' } },
    ];
    expect(find(mount({ volumeMounts: [{ name: 'v', mountPath: '/m' }] }, { projected: { sources } }))).toEqual([
      'ConfigMap/web app projected /m [a]',
      'Secret/db? app projected /m all',
    ]);
  });

  test('pull secrets are the pod’s own and optional, for the kubelet goes on without them', () => {
    expect(find({ imagePullSecrets: [{ name: 'regcred' }, { name: '' }] })).toEqual([
      'Secret/regcred? - imagePullSecret imagePullSecrets all',
    ]);
  });

  test.each([
    ['csi', { csi: { driver: 'd', nodePublishSecretRef: { name: 's' } } }],
    ['azureFile', { azureFile: { secretName: 's' } }],
    ['cephfs', { cephfs: { secretRef: { name: 's' } } }],
    ['cinder', { cinder: { secretRef: { name: 's' } } }],
    ['flexVolume', { flexVolume: { secretRef: { name: 's' } } }],
    ['iscsi', { iscsi: { secretRef: { name: 's' } } }],
    ['rbd', { rbd: { secretRef: { name: 's' } } }],
    ['scaleIO', { scaleIO: { secretRef: { name: 's' } } }],
    ['storageos', { storageos: { secretRef: { name: 's' } } }],
  ])('the credentials of a %s volume are a use', (_, volume) => {
    expect(find(mount({ volumeMounts: [{ name: 'v', mountPath: '/m', subPath: 'x' }] }, volume))).toEqual([
      'Secret/s app csi /m all',
    ]);
    expect(find(mount({ volumeDevices: [{ name: 'v', devicePath: '/dev/x' }] }, volume))).toEqual([
      'Secret/s app csi /dev/x all',
    ]);
    expect(find(mount({}, volume))).toEqual(['Secret/s? - csi v all']);
  });

  test('the volume of the ServiceAccount admission is left out unless all is asked for', () => {
    const sources = [
      { serviceAccountToken: { path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ];
    const spec = {
      containers: [{ name: 'app', volumeMounts: [{ name: 'kube-api-access-x1', mountPath: '/sa' }] }],
      volumes: [{ name: 'kube-api-access-x1', projected: { sources } }],
    };
    expect(find(spec)).toEqual([]);
    expect(find(spec, { all: true })).toEqual(['ConfigMap/kube-root-ca.crt app projected /sa [ca.crt]']);
  });

  test('a volume that only borrows the admission’s name, or its ConfigMap, stays', () => {
    const volumeMounts = [{ name: 'kube-api-access-x1', mountPath: '/sa' }];
    const borrowed = { name: 'kube-api-access-x1', projected: { sources: [{ configMap: { name: 'web' } }] } };
    expect(find({ containers: [{ name: 'app', volumeMounts }], volumes: [borrowed] })).toEqual([
      'ConfigMap/web app projected /sa all',
    ]);
    const sources = [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'kube-root-ca.crt' } }];
    expect(find(mount({}, { projected: { sources } }))).toEqual(['ConfigMap/kube-root-ca.crt? - projected v all']);
    const more = { name: 'kube-api-access-x1', projected: { sources: [...sources, { configMap: { name: 'web' } }] } };
    expect(find({ volumes: [more] })).toHaveLength(2);
    expect(
      find(mount({ volumeMounts: [{ name: 'v', mountPath: '/ca' }] }, { configMap: { name: 'kube-root-ca.crt' } })),
    ).toEqual(['ConfigMap/kube-root-ca.crt app volume /ca all']);
  });
});

describe('subPath', () => {
  const items = [
    { key: 'a', path: 'a.conf' },
    { key: 'b', path: 'dir/b.conf' },
    { key: 'c', path: 'dir/c.conf' },
  ];
  const at = (subPath: string, volume: Spec, env: Spec[] = []) => {
    const field = subPath.includes('$') ? { subPathExpr: subPath } : { subPath };
    return find(mount({ env, volumeMounts: [{ name: 'v', mountPath: '/m', ...field }] }, volume));
  };

  test('without items the path is the key', () => {
    expect(at('a', { configMap: { name: 'web' } })).toEqual(['ConfigMap/web app subPath /m [a]']);
    expect(at('./a/', { secret: { secretName: 'tls' } })).toEqual(['Secret/tls app subPath /m [a]']);
    expect(at('..data/a', { configMap: { name: 'web' } })).toEqual(['ConfigMap/web app subPath /m [a]']);
  });

  test('with items the path leads to its key, and what is not mounted is still needed by the pod', () => {
    expect(at('a.conf', { configMap: { name: 'web', items } })).toEqual([
      'ConfigMap/web - volume v [b c]',
      'ConfigMap/web app subPath /m [a]',
    ]);
  });

  test('a directory stands for the keys in it', () => {
    const beside = { key: 'd', path: 'directory/d.conf' };
    expect(at('dir', { configMap: { name: 'web', items: [...items, beside] } })).toEqual([
      'ConfigMap/web - volume v [a d]',
      'ConfigMap/web app subPath /m [b c]',
    ]);
  });

  test('a directory is lost with any file of its volume, a file is not', () => {
    const volume = { configMap: { name: 'web', items } };
    const mountOf = (subPath: string) =>
      findReferences(mount({ volumeMounts: [{ name: 'v', mountPath: '/m', subPath }] }, volume), 'shop').find(
        ({ container }) => container !== null,
      );
    expect(mountOf('dir')).toMatchObject({ keys: ['b', 'c'], volumeKeys: ['a', 'b', 'c'] });
    expect(mountOf('a.conf')).not.toHaveProperty('volumeKeys');
  });

  test('no path, or a dot, is the whole volume, kept up to date', () => {
    expect(at('', { configMap: { name: 'web' } })).toEqual(['ConfigMap/web app volume /m all']);
    expect(at('.', { configMap: { name: 'web', items } })).toEqual(['ConfigMap/web app volume /m [a b c]']);
  });

  test('..data is all keys, as they were at the start', () => {
    expect(at('..data', { configMap: { name: 'web' } })).toEqual(['ConfigMap/web app subPath /m all']);
  });

  test('a path that no item has mounts nothing of the config', () => {
    expect(at('nowhere', { configMap: { name: 'web', items } })).toEqual(['ConfigMap/web - volume v [a b c]']);
  });

  test('of a projected volume only the source that has the file is mounted', () => {
    const sources = [
      { configMap: { name: 'web', items } },
      { secret: { name: 'db', items: [{ key: 'x', path: 'x' }] } },
    ];
    expect(at('x', { projected: { sources } })).toEqual([
      'ConfigMap/web - projected v [a b c]',
      'Secret/db app subPath /m [x]',
    ]);
  });

  test('where several sources could have the file, none is said to lack it', () => {
    const sources = [{ configMap: { name: 'one' } }, { configMap: { name: 'two' } }];
    expect(at('x', { projected: { sources } })).toEqual([
      'ConfigMap/one app subPath /m all',
      'ConfigMap/two app subPath /m all',
    ]);
    expect(at('x', { projected: { sources: sources.slice(1) } })).toEqual(['ConfigMap/two app subPath /m [x]']);
  });

  test('a file of the pod’s own in a projected volume is no file of a config', () => {
    const sources = [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'web' } }];
    expect(at('token', { projected: { sources } })).toEqual(['ConfigMap/web - projected v all']);
  });

  test('an expression of literal variables is expanded as the kubelet does', () => {
    const env = [
      { name: 'STAGE', value: 'prod' },
      { name: 'FILE', value: '$(STAGE).conf' },
    ];
    expect(at('$(FILE)', { configMap: { name: 'web' } }, env)).toEqual(['ConfigMap/web app subPath /m [prod.conf]']);
    expect(at('$$(FILE)', { configMap: { name: 'web' } }, env)).toEqual(['ConfigMap/web app subPath /m [$(FILE)]']);
  });

  test('an expression that only the kubelet can expand may be any key', () => {
    const field = [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
    expect(at('$(POD)', { configMap: { name: 'web' } }, field)).toEqual(['ConfigMap/web app subPath /m all']);
    expect(at('$(WEB_SERVICE_HOST)', { configMap: { name: 'web', items } })).toEqual([
      'ConfigMap/web app subPath /m [a b c]',
    ]);
    const derived = [...field, { name: 'FILE', value: 'x-$(POD)' }];
    expect(at('$(FILE)', { configMap: { name: 'web' } }, derived)).toEqual(['ConfigMap/web app subPath /m all']);
  });
});

test('references come in one order, whatever the order of the spec', () => {
  const volumes = [
    { name: 'a', configMap: { name: 'web' } },
    { name: 'b', secret: { secretName: 'tls' } },
  ];
  const containers = [
    {
      name: 'x',
      volumeMounts: [
        { name: 'a', mountPath: '/a' },
        { name: 'b', mountPath: '/b' },
      ],
    },
    { name: 'c', envFrom: [{ secretRef: { name: 'db' } }, { configMapRef: { name: 'web' } }] },
  ];
  const turned = { volumes: volumes.toReversed(), containers: containers.toReversed() };
  expect(find({ volumes, containers })).toEqual(find(turned));
  expect(find({ volumes, containers })[0]).toBe('ConfigMap/web c envFrom * all');
});

test('a spec of any other shape has no references and does no harm', () => {
  for (const spec of [
    null,
    undefined,
    'x',
    [],
    { containers: 'x', volumes: {}, imagePullSecrets: [null, 'x', {}] },
    { containers: [null, { name: 1, env: [null, { valueFrom: 'x' }, { valueFrom: { configMapKeyRef: [] } }] }] },
    { volumes: [{ name: 'v', configMap: 'web' }, { projected: { sources: [null, 1] } }, { csi: null }] },
  ]) {
    expect(findReferences(spec, 'shop')).toEqual([]);
  }
});

test('what probe inject mounts for the probe is no use of a config, not even where all are asked for', () => {
  const volumes = [
    { name: 'kubectl-reload-probe', configMap: { name: 'kubectl-reload-probe-amd64' } },
    { name: 'kubectl-reload-copy-1', secret: { secretName: 'login' } },
    { name: 'config', configMap: { name: 'web' } },
  ];
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
  const podSpec = { containers: [{ name: 'app', volumeMounts }], volumes };
  for (const options of [{}, { all: true }])
    expect(findReferences(podSpec, 'shop', options).map(({ at }) => at)).toEqual(['/config']);
});
