import { describe, expect, test } from 'bun:test';
import { readObject, readObjects } from '../../../src/objects/json.ts';
import type { KnownKeys } from '../../../src/probe/choose-sources.ts';
import type { Carried } from '../../../src/probe/config-map.ts';
import { ejectProbe } from '../../../src/probe/eject.ts';
import type { Injection, ProbeTarget } from '../../../src/probe/inject.ts';
import { injectProbe } from '../../../src/probe/inject.ts';
import type { ProbeOptions } from '../../../src/probe/probe-options.ts';
import { generateWorkloads } from '../../support/generate-workloads.ts';

interface Setting {
  options?: Partial<ProbeOptions>;
  keys?: Record<string, KnownKeys>;
  kind?: string;
  replicas?: number | null;
  carried?: Carried;
}

function makeTarget(podSpec: object, { kind = 'Deployment', replicas = 1, keys = {} }: Setting = {}): ProbeTarget {
  const template = { metadata: { labels: { app: 'web' } }, spec: { ...podSpec } };
  const keysOf: ProbeTarget['keysOf'] = ({ kind: config, name }) => keys[`${config}/${name}`] ?? null;
  return { template, kind, replicas, keysOf };
}

const attempt = (podSpec: object, setting: Setting = {}) =>
  injectProbe(makeTarget(podSpec, setting), setting.carried ?? 'amd64', { check: 'liveness', ...setting.options });

function inject(podSpec: object, setting: Setting = {}): Injection {
  const result = attempt(podSpec, setting);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** The words of the first container's probe, without its file. */
const wordsOf = (podSpec: object, setting: Setting = {}) => inject(podSpec, setting).containers[0]?.command.slice(1);

const refusalOf = (podSpec: object, setting: Setting = {}) => {
  const result = attempt(podSpec, setting);
  return 'refused' in result
    ? `${result.refused}${result.hint === undefined ? '' : `\n${result.hint}`}`
    : 'not refused';
};

/** The same value with the fields of its objects in the order of the alphabet. */
function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.map(([field, inner]) => [field, sortFields(inner)]);
}

const app = (container: object = {}, more: object = {}) => ({
  containers: [{ name: 'app', image: 'web', ...container }],
  ...more,
});
const envOf = (name: string, ref: object) => ({ name, valueFrom: ref });
const fromMap = (key: string, name = 'web') => ({ configMapKeyRef: { name, key } });
const fromSecret = (key: string, name = 'login') => ({ secretKeyRef: { name, key } });
const mount = (name: string, mountPath: string, more: object = {}) => ({ name, mountPath, ...more });
const mapVolume = (name: string, config: string, more: object = {}) => ({ name, configMap: { name: config, ...more } });

describe('what the probe of a container watches', () => {
  test('is a volume that is mounted as a whole, once, however often it is mounted', () => {
    const volumeMounts = [mount('config', 'etc/web/'), mount('config', '/again')];
    expect(wordsOf(app({ volumeMounts }, { volumes: [mapVolume('config', 'web')] }))).toEqual(['--volume=/etc/web']);
  });

  test('of a volume with a token in it is the keys of the config alone', () => {
    const sources = [
      { serviceAccountToken: { path: 'token' } },
      { configMap: { name: 'web', items: [{ key: 'a', path: 'conf.d/a' }] } },
      { secret: { name: 'login' } },
    ];
    const podSpec = app(
      { volumeMounts: [mount('all', '/etc/all')] },
      { volumes: [{ name: 'all', projected: { sources } }] },
    );
    const keys = { 'Secret/login': { keys: ['password', 'user'], binary: [] } };
    expect(wordsOf(podSpec, { keys })).toEqual(['--volume=/etc/all', '--key=conf.d/a', '--key=password', '--key=user']);
    expect(refusalOf(podSpec)).toContain('/etc/all is left out: it holds more than secret/login');
  });

  test('of a subPath is the file, compared with the same key where that is mounted as a whole', () => {
    const volumes = [mapVolume('config', 'web', { items: [{ key: 'a', path: 'dir/a.conf' }] })];
    const volumeMounts = [mount('config', '/etc/a.conf', { subPath: 'dir/a.conf' }), mount('config', '/all')];
    expect(wordsOf(app({ volumeMounts }, { volumes }))).toEqual([
      '--subpath=/etc/a.conf',
      '--live=/all/dir/a.conf',
      '--volume=/all',
    ]);
  });

  test('of a subPath alone is compared with a copy of this key and no other', () => {
    const volumes = [{ name: 'config', secret: { secretName: 'login' } }];
    const { template, containers } = inject(
      app({ volumeMounts: [mount('config', '/etc/password', { subPath: 'password' })] }, { volumes }),
    );
    expect(containers[0]?.command.slice(1)).toEqual([
      '--subpath=/etc/password',
      '--live=/kubectl-reload/copy/1/password',
    ]);
    expect(template).toMatchObject({
      spec: {
        containers: [
          {
            volumeMounts: [
              {},
              { name: 'kubectl-reload-probe', mountPath: '/kubectl-reload/bin', readOnly: true },
              { name: 'kubectl-reload-copy-1', mountPath: '/kubectl-reload/copy/1', readOnly: true },
            ],
          },
        ],
        volumes: [
          {},
          {
            name: 'kubectl-reload-probe',
            configMap: {
              name: 'kubectl-reload-probe-amd64',
              defaultMode: 0o555,
              optional: true,
            },
          },
          {
            name: 'kubectl-reload-copy-1',
            secret: {
              secretName: 'login',
              items: [{ key: 'password', path: 'password' }],
              defaultMode: 0o444,
              optional: true,
            },
          },
        ],
      },
    });
  });

  test('of a folder by subPath, and of a subPath that only the kubelet knows, is every change of the volume', () => {
    const volumes = [mapVolume('config', 'web', { items: [{ key: 'a', path: 'dir/a' }] }), mapVolume('other', 'other')];
    const volumeMounts = [
      mount('config', '/etc/dir', { subPath: 'dir' }),
      mount('other', '/etc/other', { subPathExpr: '$(POD_NAME)' }),
    ];
    expect(wordsOf(app({ volumeMounts }, { volumes }))).toEqual(['--subpath=/etc/dir', '--subpath=/etc/other']);
  });

  test('of such a subPath is nothing where a token is in the same volume, and that is said', () => {
    const sources = [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'web' } }];
    const podSpec = app(
      { volumeMounts: [mount('all', '/etc/x', { subPathExpr: '$(X)' }), mount('config', '/etc/web')] },
      { volumes: [{ name: 'all', projected: { sources } }, mapVolume('config', 'web')] },
    );
    const { containers, notes } = inject(podSpec);
    expect(containers[0]?.command.slice(1)).toEqual(['--volume=/etc/web']);
    expect(notes).toEqual([
      'container app: /etc/x is left out: its volume also holds a token or fields of the pod, and would count as changed with it',
    ]);
  });

  test('of variables is a file of the same key, where the config is mounted as a whole', () => {
    const podSpec = app(
      {
        env: [envOf('LEVEL', fromMap('level')), envOf('B', fromMap('b'))],
        volumeMounts: [mount('config', '/etc/web')],
      },
      { volumes: [mapVolume('config', 'web', { items: [{ key: 'level', path: 'log/level' }] })] },
    );
    expect(wordsOf(podSpec)).toEqual([
      '--volume=/etc/web',
      '--env=LEVEL=/etc/web/log/level',
      '--env=B=/kubectl-reload/copy/1/b',
    ]);
  });

  test('of a variable is no file that another mount hides', () => {
    const podSpec = app(
      {
        env: [envOf('LEVEL', fromMap('level'))],
        volumeMounts: [mount('config', '/etc/web'), mount('config', '/etc/web/level', { subPath: 'level' })],
      },
      { volumes: [mapVolume('config', 'web')] },
    );
    expect(wordsOf(podSpec)).toEqual([
      '--volume=/etc/web',
      '--subpath=/etc/web/level',
      '--live=/kubectl-reload/copy/1/level',
      '--env=LEVEL=/kubectl-reload/copy/1/level',
    ]);
  });

  test('of a variable that is set again is nothing, for it can never match', () => {
    const env = [envOf('A', fromMap('a')), envOf('B', fromMap('b')), { name: 'A', value: 'fixed' }];
    expect(wordsOf(app({ env }))).toEqual(['--env=B=/kubectl-reload/copy/1/b']);
    expect(refusalOf(app({ env: [envOf('A', fromMap('a')), { name: 'A', value: '' }] }))).toContain(
      'nothing that its containers have of a ConfigMap or Secret can be watched',
    );
  });

  test('of envFrom is all keys, those too that are added later', () => {
    const envFrom = [{ prefix: 'APP_', configMapRef: { name: 'web' } }, { secretRef: { name: 'login' } }];
    expect(wordsOf(app({ envFrom }))).toEqual([
      '--env-from=APP_=/kubectl-reload/copy/1',
      '--env-from==/kubectl-reload/copy/2',
    ]);
  });

  test('of envFrom is not what env or a later envFrom sets, and no binary key, as far as the keys are known', () => {
    const envFrom = [
      { configMapRef: { name: 'web' } },
      { prefix: 'X_', configMapRef: { name: 'late' } },
      { configMapRef: { name: 'bare' } },
    ];
    const keys = {
      'ConfigMap/web': { keys: ['A', 'B', 'X_C', 'blob'], binary: ['blob'] },
      'ConfigMap/late': { keys: ['C'], binary: [] },
      'ConfigMap/bare': { keys: ['Q'], binary: ['Q'] },
    };
    expect(wordsOf(app({ env: [{ name: 'A', value: '1' }], envFrom }), { keys })).toEqual([
      '--env-from==/kubectl-reload/copy/1',
      '--key=B',
      '--env-from=X_=/kubectl-reload/copy/2',
    ]);
  });

  test('of envFrom is the volume itself where nothing else is in it', () => {
    const envFrom = [{ configMapRef: { name: 'web' } }];
    const volumeMounts = [mount('config', '/etc/web')];
    const volumes = [mapVolume('config', 'web')];
    expect(wordsOf(app({ envFrom, volumeMounts }, { volumes }))).toEqual(['--volume=/etc/web', '--env-from==/etc/web']);
  });

  test('of a config that is needed in two ways is one copy, and containers that need the same share it', () => {
    const env = [envOf('A', fromSecret('a'))];
    const container = { image: 'web', env, volumeMounts: [mount('s', '/etc/b', { subPath: 'b' })] };
    const { template, containers } = inject({
      containers: [
        { name: 'one', ...container },
        { name: 'two', ...container },
        { name: 'three', image: 'web', env },
      ],
      volumes: [{ name: 's', secret: { secretName: 'login' } }],
    });
    expect(containers.map(({ command }) => command.slice(1))).toEqual([
      ['--subpath=/etc/b', '--live=/kubectl-reload/copy/1/b', '--env=A=/kubectl-reload/copy/1/a'],
      ['--subpath=/etc/b', '--live=/kubectl-reload/copy/1/b', '--env=A=/kubectl-reload/copy/1/a'],
      ['--env=A=/kubectl-reload/copy/2/a'],
    ]);
    const volumes = readObjects(readObject(template, 'spec'), 'volumes');
    expect(volumes.map((volume) => readObject(volume, 'secret')?.['items'])).toEqual([
      undefined,
      undefined,
      [
        { key: 'a', path: 'a' },
        { key: 'b', path: 'b' },
      ],
      [{ key: 'a', path: 'a' }],
    ]);
  });

  test('is narrowed to the configs that are named', () => {
    const podSpec = app(
      {
        env: [envOf('A', fromMap('a', 'other'))],
        envFrom: [{ secretRef: { name: 'web' } }],
        volumeMounts: [mount('config', '/etc/web'), mount('both', '/etc/both')],
      },
      {
        volumes: [
          mapVolume('config', 'web'),
          {
            name: 'both',
            projected: {
              sources: [
                { configMap: { name: 'other' } },
                { configMap: { name: 'web', items: [{ key: 'k', path: 'p' }] } },
              ],
            },
          },
        ],
      },
    );
    expect(wordsOf(podSpec, { options: { configs: [{ kind: 'ConfigMap', name: 'web' }] } })).toEqual([
      '--volume=/etc/web',
      '--volume=/etc/both',
      '--key=p',
    ]);
    expect(refusalOf(podSpec, { options: { configs: [{ kind: 'Secret', name: 'none' }] } })).toBe(
      'no container of it uses secret/none',
    );
  });

  test('is told with $$ for $, because the kubelet replaces $(NAME)', () => {
    const volumeMounts = [mount('config', '/etc/$(HOME)')];
    expect(wordsOf(app({ volumeMounts }, { volumes: [mapVolume('config', 'web')] }))).toEqual([
      '--volume=/etc/$$(HOME)',
    ]);
  });

  test('is folded where the probe would not take so many sources', () => {
    const names = Array.from({ length: 80 }, (_, index) => `V${index}`);
    const env = names.map((name) => envOf(`APP_${name}`, fromMap(name)));
    const words = wordsOf(app({ env })) ?? [];
    expect(words[0]).toBe('--env-from=APP_=/kubectl-reload/copy/1');
    expect(words.slice(1)).toEqual(names.map((name) => `--key=${name}`));
    const odd = names.map((name, index) => envOf(`${name}_${index}`, fromMap(`${name}.key`)));
    expect(refusalOf(app({ env: odd }))).toContain('80 things to watch, and the probe takes 64');
  });
});

describe('the check', () => {
  const config = { volumes: [mapVolume('config', 'web')] };
  const mounted = (container: object = {}) =>
    app({ volumeMounts: [mount('config', '/etc/web')], ...container }, config);
  const checkOf = (podSpec: object, setting: Setting = {}, field = 'livenessProbe') => {
    const { template } = inject(podSpec, setting);
    return readObjects(readObject(template, 'spec'), 'containers')[0]?.[field];
  };
  const FILE = '/kubectl-reload/bin/probe';

  test('runs four times a minute, and restarts at the first failure', () => {
    expect(checkOf(mounted())).toEqual({
      exec: { command: [FILE, '--volume=/etc/web'] },
      periodSeconds: 15,
      timeoutSeconds: 10,
      failureThreshold: 1,
    });
    expect(checkOf(mounted(), { options: { period: 30, timeout: 9, failureThreshold: 2 } })).toMatchObject({
      periodSeconds: 30,
      timeoutSeconds: 9,
      failureThreshold: 2,
    });
  });

  test('spreads restarts over a minute where there may be more than one pod', () => {
    const words = (setting: Setting) => wordsOf(mounted(), setting)?.slice(1);
    expect(words({ replicas: 1 })).toEqual([]);
    expect(words({ replicas: 2 })).toEqual(['--spread=60']);
    expect(words({ replicas: null })).toEqual(['--spread=60']);
    expect(words({ kind: 'DaemonSet', replicas: null })).toEqual(['--spread=60']);
    expect(words({ kind: 'Pod', replicas: null })).toEqual([]);
    expect(words({ replicas: 5, options: { spread: 0 } })).toEqual([]);
    expect(words({ replicas: 1, options: { spread: 300 } })).toEqual(['--spread=300']);
  });

  test('keeps an exec check behind it, with its own dollar signs and times, and gives both together longer', () => {
    const livenessProbe = {
      exec: { command: ['sh', '-c', 'test -e $(HOME)/$$x'] },
      initialDelaySeconds: 3,
      periodSeconds: 7,
      failureThreshold: 3,
      terminationGracePeriodSeconds: 9,
    };
    expect(checkOf(mounted({ livenessProbe }))).toEqual({
      ...livenessProbe,
      exec: { command: [FILE, '--volume=/etc/web', '--', 'sh', '-c', 'test -e $(HOME)/$$x'] },
      timeoutSeconds: 6,
    });
    expect(checkOf(mounted({ livenessProbe }), { options: { period: 20 } })).toMatchObject({
      periodSeconds: 20,
      failureThreshold: 3,
    });
  });

  test('with a command for new files leaves it time within its own', () => {
    const options = { checkCommand: 'nginx -t -c $(X)' };
    expect(wordsOf(mounted(), { options })?.slice(1)).toEqual(['--check=nginx -t -c $$(X)', '--timeout=3']);
    expect(wordsOf(mounted(), { options: { ...options, timeout: 2 } })?.slice(1)).toEqual([
      '--check=nginx -t -c $$(X)',
      '--timeout=1',
    ]);
    expect(refusalOf(mounted(), { options: { ...options, timeout: 1 } })).toContain('leaves the check no time');
    const livenessProbe = { exec: { command: ['true'] }, timeoutSeconds: 1 };
    expect(checkOf(mounted({ livenessProbe }), { options })).toMatchObject({ timeoutSeconds: 9 });
  });

  test('takes a plain HTTP check over when asked to, by the number of its port', () => {
    const ports = [{ name: 'web', containerPort: 8080 }];
    const livenessProbe = { httpGet: { path: '/healthz?a=$b', port: 'web' }, periodSeconds: 4, timeoutSeconds: 2 };
    expect(refusalOf(mounted({ livenessProbe, ports }))).toBe(
      'container app has a liveness check by HTTP already, and there can be only one\n--http has the probe perform it, as a plain GET from 127.0.0.1.',
    );
    expect(checkOf(mounted({ livenessProbe, ports }), { options: { http: true } })).toEqual({
      exec: { command: [FILE, '--volume=/etc/web', '--', '/kubectl-reload/bin/http', '8080/healthz?a=$$b', '2'] },
      periodSeconds: 4,
      timeoutSeconds: 7,
    });
    expect(
      refusalOf(mounted({ livenessProbe, ports }), {
        options: { http: true },
        carried: 'script',
      }),
    ).toContain('which only the binary can perform');
  });

  test('is refused where a check is there that the probe cannot perform', () => {
    const refusal = (handler: object) => refusalOf(mounted({ livenessProbe: handler }), { options: { http: true } });
    expect(refusal({ httpGet: { port: 1, scheme: 'HTTPS' } })).toContain('it asks over HTTPS');
    expect(refusal({ httpGet: { port: 1, host: 'db' } })).toContain('it asks another host');
    expect(refusal({ httpGet: { port: 1, httpHeaders: [{ name: 'a', value: 'b' }] } })).toContain('headers of its own');
    expect(refusal({ httpGet: { port: 'none' } })).toContain('its port has a name that no port of the container has');
    expect(refusal({ tcpSocket: { port: 1 } })).toContain('check by TCP already');
    expect(refusal({ grpc: { port: 1 } })).toContain('check by gRPC already');
  });

  test('of readiness expects the hash of one volume, and watches nothing else', () => {
    const podSpec = mounted({
      env: [envOf('A', fromMap('a', 'other'))],
      readinessProbe: { exec: { command: ['ready'] } },
    });
    const options = { check: 'readiness', expect: 'abc' } as const;
    expect(checkOf(podSpec, { options, replicas: 9 }, 'readinessProbe')).toEqual({
      exec: { command: [FILE, '--volume=/etc/web', '--expect=abc', '--', 'ready'] },
      timeoutSeconds: 6,
    });
    expect(checkOf(podSpec, { options }, 'livenessProbe')).toBeUndefined();
    const two = { volumeMounts: [mount('config', '/a'), mount('more', '/b')] };
    const volumes = [mapVolume('config', 'web'), mapVolume('more', 'more')];
    expect(refusalOf(app(two, { volumes }), { options })).toContain('one hash cannot be that of 2 volumes (/a, /b)');
    expect(refusalOf(app({ envFrom: [{ configMapRef: { name: 'web' } }] }), { options })).toContain(
      'no volume with a ConfigMap or Secret is mounted as a whole',
    );
  });

  test('says which probe of before it takes the place of', () => {
    const podSpec = {
      containers: ['a', 'b'].map((name) => ({ name, image: 'web', volumeMounts: [mount('config', '/etc/web')] })),
      volumes: [mapVolume('config', 'web')],
    };
    const { template } = inject(podSpec);
    const again = (options: ProbeOptions) => injectProbe({ ...makeTarget(podSpec), template }, 'amd64', options);
    expect(again({ check: 'liveness', period: 3 })).toMatchObject({ notes: [] });
    expect(again({ check: 'liveness', container: 'b' })).toMatchObject({
      notes: ['container a: the probe that it has as livenessProbe is taken out'],
    });
    expect(again({ check: 'readiness', container: 'b', expect: 'abc' })).toMatchObject({
      notes: [
        'container a: the probe that it has as livenessProbe is taken out',
        'container b: the probe that it has as livenessProbe is taken out',
      ],
    });
  });

  test('is for sidecars too, and for the container that is named', () => {
    const env = [envOf('A', fromMap('a'))];
    const podSpec = {
      initContainers: [
        { name: 'setup', image: 'web', env },
        { name: 'proxy', image: 'web', env, restartPolicy: 'Always' },
      ],
      containers: [
        { name: 'app', image: 'web', env },
        { name: 'plain', image: 'web' },
        { name: 'once', image: 'web', env, restartPolicy: 'Never' },
      ],
    };
    const { containers, notes } = inject(podSpec);
    expect(containers.map(({ name }) => name)).toEqual(['proxy', 'app']);
    expect(notes).toEqual([
      'container once has restartPolicy Never: a probe could only end it',
      'its init containers use configmap/web too, and a restart in place does not run them again',
    ]);
    expect(inject(podSpec, { options: { container: 'app' } }).containers.map(({ name }) => name)).toEqual(['app']);
    expect(refusalOf(podSpec, { options: { container: 'plain' } })).toBe(
      'container plain does not use a ConfigMap or Secret',
    );
    expect(refusalOf(podSpec, { options: { container: 'nobody' } })).toBe('it has no container nobody');
    expect(refusalOf(podSpec, { options: { container: 'setup' } })).toContain('is an init container');
  });

  test('is refused where only init containers use configs, with what helps instead', () => {
    const podSpec = {
      initContainers: [{ name: 'setup', env: [envOf('A', fromMap('a'))] }],
      containers: [{ name: 'app' }],
    };
    const refusal = refusalOf(podSpec);
    expect(refusal).toContain('only its init containers use a ConfigMap or Secret');
    expect(refusal).toContain('kubectl reload restart');
    expect(refusal).toContain('RestartAllContainers');
  });

  test('is refused for pods of Windows, for those that never restart, and where its own place is taken', () => {
    expect(refusalOf({ ...mounted(), os: { name: 'windows' } })).toContain('Windows');
    expect(refusalOf({ ...mounted(), nodeSelector: { 'kubernetes.io/os': 'windows' } })).toContain('Windows');
    expect(refusalOf({ ...mounted(), restartPolicy: 'Never' })).toContain('restartPolicy is Never');
    expect(refusalOf({ containers: [] })).toBe('it has no containers');
    const taken = mounted({ volumeMounts: [mount('config', '/etc/web'), mount('config', '/kubectl-reload')] });
    expect(refusalOf(taken)).toContain('has a mount at /kubectl-reload/bin or beside it');
  });

  test('leaves volumes alone that have the names which it would take', () => {
    const volumes = [{ name: 'kubectl-reload-probe', emptyDir: {} }, mapVolume('config', 'web')];
    const { template } = inject(app({ volumeMounts: [mount('config', '/etc/web')] }, { volumes }));
    expect(template).toMatchObject({ spec: { volumes: [{}, {}, { name: 'kubectl-reload-probe-2' }] } });
    expect(ejectProbe(template)?.template).toEqual(
      makeTarget(app({ volumeMounts: [mount('config', '/etc/web')] }, { volumes })).template,
    );
  });
});

describe('taking it out again', () => {
  test('of 200 generated workloads gives the very template back, and putting it in twice is as once', () => {
    let injected = 0;
    for (const [index, { manifest, podSpec: spec }] of generateWorkloads(7, 200).entries()) {
      const template = [{ spec }, { metadata: null, spec }, { metadata: { annotations: {} }, spec }][index % 3] ?? {
        spec,
      };
      const target = { ...makeTarget({}), template, kind: manifest.kind };
      const first = injectProbe(target, 'amd64', { check: 'liveness' });
      if ('refused' in first) continue;
      injected++;
      const again = { ...target, template: first.template };
      const other = { check: 'liveness', period: 99, spread: 7 } as const;
      const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
      expect(isSame(sortFields(ejectProbe(first.template)?.template), sortFields(template))).toBe(true);
      expect(isSame(injectProbe(again, 'amd64', { check: 'liveness' }), first)).toBe(true);
      expect(isSame(injectProbe(again, 'amd64', other), injectProbe(target, 'amd64', other))).toBe(true);
    }
    expect(injected).toBeGreaterThan(120);
  });

  test('puts empty and null lists and checks back as they were', () => {
    const templates = [
      { spec: { ...app({ env: [envOf('A', fromMap('a'))], volumeMounts: null, livenessProbe: null }), volumes: null } },
      {
        metadata: { annotations: null },
        spec: { ...app({ env: [envOf('A', fromMap('a'))], volumeMounts: [] }), volumes: [] },
      },
    ];
    for (const template of templates) {
      const target = { ...makeTarget({}), template };
      const result = injectProbe(target, 'amd64', { check: 'liveness' });
      if ('refused' in result) throw new Error(result.refused);
      expect(ejectProbe(result.template)?.template).toStrictEqual(template);
    }
  });

  test('leaves what others changed since', () => {
    const podSpec = app({ env: [envOf('A', fromMap('a'))], livenessProbe: { exec: { command: ['true'] } } });
    const { template } = inject(podSpec);
    const changed = JSON.parse(JSON.stringify(template));
    Object.assign(changed.spec.containers[0], { image: 'web:2', livenessProbe: { httpGet: { port: 1 } } });
    changed.spec.volumes.push({ name: 'theirs', emptyDir: {} });
    const ejected = ejectProbe(changed);
    expect(ejected?.template).toEqual({
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'app', image: 'web:2', env: [envOf('A', fromMap('a'))], livenessProbe: { httpGet: { port: 1 } } },
        ],
        volumes: [{ name: 'theirs', emptyDir: {} }],
      },
    });
    expect(ejected?.notes).toEqual([
      'the livenessProbe of container app was changed by somebody else since, and stays as it is',
    ]);
  });

  test('of a template without a probe, or with an annotation of somebody else, is nothing', () => {
    expect(ejectProbe({ spec: app() })).toBeNull();
    for (const text of ['', 'x', '[]', '{"v":2}', 'null']) {
      const template = { metadata: { annotations: { 'kubectl-reload.dev/probe': text } }, spec: app() };
      expect(ejectProbe(template)).toBeNull();
    }
  });
});
