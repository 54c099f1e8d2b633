import { describe, expect, test } from 'bun:test';
import type { KnownContent } from '../../../src/staleness/expected-content.ts';
import { readConfigContent } from '../../../src/staleness/expected-content.ts';
import type { Seen } from '../../../src/staleness/inside.ts';
import type { ObserveContainer, RunCommand } from '../../../src/staleness/observe.ts';
import { observeContainer } from '../../../src/staleness/observe.ts';
import { observePod } from '../../../src/staleness/observe-pod.ts';
import type { ConfigRef } from '../../../src/types.ts';
import type { FakeContainer } from '../../support/fake-container.ts';
import { runInFake } from '../../support/fake-container.ts';
import { makePod, makeUse } from '../../support/make-objects.ts';

const WEB = { LEVEL: 'info', OTHER: 'x', MULTI: 'a\nb=c\n\n' };

interface Setting {
  container?: object;
  volumes?: object[];
  data?: Record<string, string>;
  configs?: Record<string, KnownContent>;
}

const lookWith = (run: RunCommand) => (): ObserveContainer => (readings) => observeContainer(run, readings);

/** What is seen of a use of ConfigMap web by a container. */
async function see(use: Partial<ConfigRef>, holds: FakeContainer | RunCommand, setting: Setting = {}): Promise<Seen> {
  const { container = {}, volumes = [], data = WEB, configs = {} } = setting;
  const pod = makePod();
  const raw = { metadata: { uid: pod.uid }, spec: { containers: [{ name: 'app', ...container }], volumes } };
  const contents: Record<string, KnownContent> = { web: readConfigContent({ data }, 'ConfigMap'), ...configs };
  const { uses } = await observePod({
    pod,
    raw,
    uses: [makeUse(use)],
    observe: lookWith(typeof holds === 'function' ? holds : runInFake(holds)),
    readContent: async (_kind, ref) => contents[ref.name] ?? 'absent',
  });
  return uses[0]?.seen ?? { seen: 'nothing', why: 'nobody looked', isOfImage: false };
}

const SAME: Seen = { seen: 'same', isRewritten: null };
const differentIn = (...keys: string[]): Seen => ({ seen: 'different', keys });
const reference = { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL', optional: true } } };
const GIVEN = { PATH: '/bin', HOSTNAME: 'web-1', HOME: '/' };

describe('a variable of a key', () => {
  const use: Partial<ConfigRef> = { via: 'env', at: 'LEVEL', keys: ['LEVEL'] };
  const container = { env: [reference] };

  test('is the same, or another, to the byte', async () => {
    expect(await see(use, { environment: { LEVEL: 'info' } }, { container })).toEqual(SAME);
    for (const LEVEL of ['debug', 'info\n', 'Info', '']) {
      expect(await see(use, { environment: { LEVEL } }, { container })).toEqual(differentIn('LEVEL'));
    }
    expect(await see(use, { environment: {} }, { container })).toEqual(differentIn('LEVEL'));
  });

  test('with several lines and newlines at its end is compared whole', async () => {
    const multi: Partial<ConfigRef> = { via: 'env', at: 'M', keys: ['MULTI'] };
    const env = [{ name: 'M', valueFrom: { configMapKeyRef: { name: 'web', key: 'MULTI' } } }];
    expect(await see(multi, { environment: { M: 'a\nb=c\n\n' } }, { container: { env } })).toEqual(SAME);
    expect(await see(multi, { environment: { M: 'a\nb=c\n' } }, { container: { env } })).toEqual(differentIn('MULTI'));
  });

  test('that another entry hides is not in the container: whatever the variable holds, it is not of this use', async () => {
    const hidden = { env: [reference, { name: 'LEVEL', value: 'mine' }] };
    expect(await see(use, { environment: { LEVEL: 'mine' } }, { container: hidden })).toEqual(SAME);
    // What was made of it before it was hidden may be old.
    const product = { env: [reference, { name: 'X', value: '$(LEVEL)' }, { name: 'LEVEL', value: 'mine' }] };
    expect(await see(use, { environment: { LEVEL: 'mine', X: 'old' } }, { container: product })).toMatchObject({
      seen: 'nothing',
    });
  });

  test('that is optional and gone leaves no variable, or one that the image may have set', async () => {
    const setting = { container, data: { OTHER: 'x' } };
    expect(await see(use, { environment: {} }, setting)).toEqual(SAME);
    expect(await see(use, { environment: { LEVEL: 'info' } }, setting)).toMatchObject({
      seen: 'leftover',
      leftovers: [{ name: 'LEVEL', key: 'LEVEL' }],
    });
    const fromElsewhere = { env: [reference], envFrom: [{ configMapRef: { name: 'base' } }] };
    const configs = { base: readConfigContent({ data: { LEVEL: 'b' } }, 'ConfigMap') };
    expect(await see(use, { environment: { LEVEL: 'b' } }, { ...setting, container: fromElsewhere, configs })).toEqual(
      SAME,
    );
  });
});

describe('variables of all keys', () => {
  const use: Partial<ConfigRef> = { via: 'envFrom', at: '*', keys: null };
  const container = { envFrom: [{ configMapRef: { name: 'web' } }] };

  test('are the same when every key is, next to what Kubernetes and the runtime set', async () => {
    const links = { A_SERVICE_HOST: '10.0.0.1', A_SERVICE_PORT: '80', A_PORT: 'tcp://10.0.0.1:80' };
    expect(await see(use, { environment: { ...GIVEN, ...links, ...WEB } }, { container })).toEqual(SAME);
  });

  test('differ in the keys that changed, and in those that were added', async () => {
    const environment = { ...GIVEN, LEVEL: 'debug', OTHER: 'x' };
    expect(await see(use, { environment }, { container })).toEqual(differentIn('LEVEL', 'MULTI'));
  });

  test('and more than the config holds may come from a key that is gone', async () => {
    const environment = { ...GIVEN, ...WEB, GONE: '1', NGINX_VERSION: '2' };
    const seen = await see(use, { environment }, { container });
    expect(seen).toMatchObject({
      seen: 'leftover',
      leftovers: [{ name: 'GONE', key: 'GONE' }, { name: 'NGINX_VERSION' }],
    });
    expect(JSON.stringify(seen)).not.toContain('"1"');
    const explained = {
      ...container,
      env: [
        { name: 'GONE', value: 'x' },
        { name: 'NGINX_VERSION', value: '' },
      ],
    };
    expect(await see(use, { environment }, { container: explained })).toEqual(SAME);
  });

  test('with a prefix of their own come from no other place', async () => {
    const prefixed: Partial<ConfigRef> = { via: 'envFrom', at: 'W_*', keys: null };
    const envFrom = [{ prefix: 'W_', configMapRef: { name: 'web' } }];
    const environment = { ...GIVEN, W_LEVEL: 'info', W_OTHER: 'x', W_MULTI: WEB.MULTI, NGINX_VERSION: '2' };
    expect(await see(prefixed, { environment }, { container: { envFrom } })).toEqual(SAME);
    const more = { ...environment, W_GONE: '1' };
    expect(await see(prefixed, { environment: more }, { container: { envFrom } })).toEqual(differentIn('GONE'));
    const both = { envFrom: [...envFrom, { configMapRef: { name: 'web' } }] };
    expect(await see(prefixed, { environment: { ...more, ...WEB } }, { container: both })).toMatchObject({
      seen: 'leftover',
    });
  });

  test('that a config which may not be read may hide prove nothing by being different', async () => {
    const hiding = { envFrom: [{ configMapRef: { name: 'web' } }, { secretRef: { name: 'hidden' } }] };
    const setting: Setting = { container: hiding, configs: { hidden: 'unseen' } };
    expect(await see(use, { environment: { ...WEB, LEVEL: 'theirs' } }, setting)).toMatchObject({ seen: 'nothing' });
    expect(await see(use, { environment: { ...WEB } }, setting)).toEqual(SAME);
    expect(await see(use, { environment: { OTHER: 'x' } }, setting)).toEqual(differentIn('LEVEL', 'MULTI'));
  });

  test('with names that an old kubelet leaves out prove nothing by being absent', async () => {
    const data = { LEVEL: 'info', '1st': 'x' };
    expect(await see(use, { environment: { LEVEL: 'info' } }, { container, data })).toMatchObject({ seen: 'nothing' });
    expect(await see(use, { environment: { LEVEL: 'info', '1st': 'x' } }, { container, data })).toEqual(SAME);
    expect(await see(use, { environment: { LEVEL: 'info', '1st': 'y' } }, { container, data })).toEqual(
      differentIn('1st'),
    );
  });

  test('of a config whose values may not be read are not compared', async () => {
    expect(await see(use, { environment: WEB }, { container, configs: { web: 'unseen' } })).toEqual({
      seen: 'nothing',
      why: 'what the config holds may not be read',
      isOfImage: false,
    });
  });
});

describe('mounted files', () => {
  const volumes = [{ name: 'v', configMap: { name: 'web' } }];
  const whole: Partial<ConfigRef> = { via: 'volume', at: '/etc/web', keys: null };
  const mount = (subPath?: string) => ({
    volumeMounts: [{ name: 'v', mountPath: '/etc/web', ...(subPath && { subPath }) }],
  });
  const files = { '/etc/web/LEVEL': 'info', '/etc/web/OTHER': 'x', '/etc/web/MULTI': WEB.MULTI };
  const AT = (second: string) => `2026-01-01 10:00:${second} +0000\n`;

  test('are the same, with the time of their writing against the start of the container', async () => {
    const setting = { container: mount(), volumes };
    expect(await see(whole, { files }, setting)).toEqual(SAME);
    const before = { '/etc/web/..data': AT('01.100000000'), '/dev/fd': AT('01.200000000') };
    expect(await see(whole, { files, times: before }, setting)).toEqual({ seen: 'same', isRewritten: false });
    const after = { '/etc/web/..data': AT('01.200000001'), '/dev/fd': AT('01.200000000') };
    expect(await see(whole, { files, times: after }, setting)).toEqual({ seen: 'same', isRewritten: true });
  });

  test('differ in what changed, what is not there yet, and what is still there', async () => {
    const setting = { container: mount(), volumes };
    expect(await see(whole, { files: { ...files, '/etc/web/LEVEL': 'debug' } }, setting)).toEqual(differentIn('LEVEL'));
    expect(await see(whole, { files: { ...files, '/etc/web/GONE': '1' } }, setting)).toEqual(differentIn('GONE'));
    const { '/etc/web/OTHER': _, ...fewer } = files;
    expect(await see(whole, { files: fewer }, setting)).toEqual(differentIn('OTHER'));
  });

  test('that are listed differ while one is still there whose key is gone', async () => {
    const items = ['LEVEL', 'GONE'].map((key) => ({ key, path: key.toLowerCase() }));
    const listed = [{ name: 'v', configMap: { name: 'web', optional: true, items } }];
    const setting = { container: mount(), volumes: listed };
    const use: Partial<ConfigRef> = { via: 'volume', at: '/etc/web', keys: ['GONE', 'LEVEL'] };
    const rest = { '/etc/web/level': 'info' };
    expect(await see(use, { files: { ...rest, '/etc/web/gone': 'x' } }, setting)).toEqual(differentIn('GONE'));
    expect(await see(use, { files: rest }, setting)).toEqual(SAME);
  });

  test('by subPath are what the container started with', async () => {
    const use: Partial<ConfigRef> = { via: 'subPath', at: '/etc/web', keys: ['LEVEL'] };
    const setting = { container: mount('LEVEL'), volumes };
    expect(await see(use, { files: { '/etc/web': 'info' } }, setting)).toEqual(SAME);
    expect(await see(use, { files: { '/etc/web': 'debug' } }, setting)).toEqual(differentIn('LEVEL'));
    const gone = { ...setting, data: { OTHER: 'x' } };
    expect(await see(use, { files: { '/etc/web': 'info' } }, gone)).toEqual(differentIn('LEVEL'));
    expect(await see(use, { files: { '/etc/web': null } }, gone)).toEqual(SAME);
  });

  test('of a folder by subPath are gone when the kubelet has rewritten the volume', async () => {
    const use: Partial<ConfigRef> = { via: 'subPath', at: '/etc/web', keys: ['LEVEL'] };
    const items = [{ name: 'v', configMap: { name: 'web', items: [{ key: 'LEVEL', path: 'dir/level' }] } }];
    const setting = { container: mount('dir'), volumes: items };
    expect(await see(use, { files: { '/etc/web/level': 'info' } }, setting)).toEqual(SAME);
    expect(await see(use, { files: { '/etc/web': null } }, setting)).toEqual(differentIn('LEVEL'));
  });

  test('that cannot be read prove nothing, unless others differ', async () => {
    const locked: RunCommand = async (command) => {
      const outcome = await runInFake({ files: { ...files, '/etc/web/OTHER': '' } })(command);
      if (outcome.result !== 'ended') return outcome;
      const stdout = Buffer.from(
        Buffer.from(outcome.stdout)
          .toString()
          .replace(/ bytes\n\n(\w+) 0/, ' bytes\n\n$1 1'),
      );
      return { ...outcome, stdout };
    };
    expect(await see(whole, locked, { container: mount(), volumes })).toMatchObject({
      seen: 'nothing',
      why: 'the user of the container may not read it',
    });
  });

  test('cannot rule out a file of a key that is gone without a shell', async () => {
    const cat: RunCommand = async ([program, path = '']) => {
      const found = Object.entries(files).find(([name]) => name === path)?.[1];
      if (program !== 'cat' || found === undefined) return { result: 'no-command' };
      return { result: 'ended', exitCode: 0, stdout: Buffer.from(found), stderr: Buffer.alloc(0) };
    };
    expect(await see(whole, cat, { container: mount(), volumes })).toMatchObject({ seen: 'nothing', isOfImage: false });
    const items = [{ name: 'v', configMap: { name: 'web', items: [{ key: 'LEVEL', path: 'LEVEL' }] } }];
    expect(await see(whole, cat, { container: mount(), volumes: items })).toEqual(SAME);
  });
});

test('a container is looked into once for all of its uses, times last', async () => {
  const commands: (readonly string[])[] = [];
  const run: RunCommand = (command) => {
    commands.push(command);
    return runInFake({ environment: { LEVEL: 'info' }, files: { '/a/LEVEL': 'info', '/b/LEVEL': 'info' } })(command);
  };
  const pod = makePod();
  const container = {
    name: 'app',
    env: [reference],
    volumeMounts: [
      { name: 'v', mountPath: '/a' },
      { name: 'v', mountPath: '/b' },
    ],
  };
  const raw = {
    metadata: { uid: pod.uid },
    spec: { containers: [container], volumes: [{ name: 'v', configMap: { name: 'web' } }] },
  };
  const uses = [
    makeUse(),
    makeUse({ via: 'volume', at: '/a', keys: null }),
    makeUse({ via: 'volume', at: '/b', keys: null }),
  ];
  const readContent = async () => readConfigContent({ data: { LEVEL: 'info' } }, 'ConfigMap');
  const seen = await observePod({ pod, raw, uses, observe: lookWith(run), readContent });
  expect(seen.uses.map((one) => one.seen.seen)).toEqual(['same', 'same', 'same']);
  expect(commands.map((command) => command.slice(5))).toEqual([
    ['e', 'f/a/LEVEL', 'n/a', 'f/b/LEVEL', 'n/b', 't/dev/fd', 't/a/..data', 't/b/..data'],
  ]);
});

test('a variable without a key is of one that is gone where the last apply gave that key the same value', async () => {
  const use: Partial<ConfigRef> = { via: 'envFrom', at: '*', keys: null };
  const container = { envFrom: [{ configMapRef: { name: 'web' } }] };
  const manifest = JSON.stringify({ data: { LEVEL: 'info', GONE: 'old' } });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': manifest };
  const configs = { web: readConfigContent({ metadata: { annotations }, data: WEB }, 'ConfigMap') };
  const holds = (GONE: string) => ({ environment: { ...GIVEN, ...WEB, GONE } });
  expect(await see(use, holds('old'), { container, configs })).toEqual(differentIn('GONE'));
  expect(await see(use, holds('of the image'), { container, configs })).toMatchObject({ seen: 'leftover' });
  const broken = { 'kubectl.kubernetes.io/last-applied-configuration': '{' };
  const unknown = { web: readConfigContent({ metadata: { annotations: broken }, data: WEB }, 'ConfigMap') };
  expect(await see(use, holds('old'), { container, configs: unknown })).toMatchObject({ seen: 'leftover' });
});

test('a variable whose name no key can have is of the image', async () => {
  const container = { envFrom: [{ configMapRef: { name: 'web' } }] };
  const odd = { 'BASH_FUNC_x%%': '() { :; }', 'a/b': '', [`L${'O'.repeat(253)}NG`]: '' };
  const use: Partial<ConfigRef> = { via: 'envFrom', at: '*', keys: null };
  expect(await see(use, { environment: { ...GIVEN, ...WEB, ...odd } }, { container })).toEqual(SAME);
});

test('a pod of the same name that is another one is not taken for it', async () => {
  const observe = lookWith(runInFake({ environment: { LEVEL: 'info' } }));
  const raw = { metadata: { uid: 'another' }, spec: { containers: [{ name: 'app', env: [reference] }] } };
  for (const one of [raw, null, 'x']) {
    const { uses } = await observePod({
      pod: makePod(),
      raw: one,
      uses: [makeUse()],
      observe,
      readContent: async () => 'absent',
    });
    expect(uses[0]?.seen).toMatchObject({ seen: 'nothing', why: 'the pod is gone' });
  }
});
