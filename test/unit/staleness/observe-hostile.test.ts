/** Whatever a container holds, a look into it tells same from different to the byte, and keeps next to nothing of it. */
import { describe, expect, test } from 'bun:test';
import { readConfigContent, toVariable } from '../../../src/staleness/expected-content.ts';
import { Inside } from '../../../src/staleness/inside.ts';
import type { RunCommand } from '../../../src/staleness/observe.ts';
import { observeContainer } from '../../../src/staleness/observe.ts';
import { readEnvironment } from '../../../src/staleness/observe-environment.ts';
import { observePod } from '../../../src/staleness/observe-pod.ts';
import { judgeUses } from '../../../src/staleness/status.ts';
import type { ConfigRef } from '../../../src/types.ts';
import type { FakeContainer } from '../../support/fake-container.ts';
import { runInFake } from '../../support/fake-container.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

const MEBIBYTE = 1024 * 1024;
const VALUES: Record<string, Buffer> = {
  'escape sequences': Buffer.from('\x1b[2J\x1b]0;title\x07\x1b[31mred\u202e\r'),
  'a line end': Buffer.from('\n'),
  'no line end': Buffer.from('info'),
  CRLF: Buffer.from('a\r\nb\r\n'),
  nothing: Buffer.alloc(0),
  'what looks like an answer': Buffer.from('0123 bytes\n\n0123 0\n'),
  'no UTF-8': Buffer.from([0x63, 0xe9, 0xe2, 0x82, 0x41, 0xff]),
  'a mebibyte': Buffer.alloc(MEBIBYTE, 'x'),
};
/** A variable cannot hold it. */
const NUL = Buffer.from('a\0b\0');

const secret = (data: Record<string, Uint8Array>) =>
  readConfigContent(
    {
      data: Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      ),
    },
    'Secret',
  );
const login = makeRef('Secret', 'login');
const USES: ConfigRef[] = [
  makeUse({ config: login, via: 'envFrom', at: 'P_*', keys: null }),
  makeUse({ config: login, via: 'subPath', at: '/sub', keys: ['a'] }),
  makeUse({ config: login, via: 'volume', at: '/v', keys: null }),
];
const POD = makePod();
const RAW = {
  metadata: { uid: POD.uid },
  spec: {
    containers: [
      {
        name: 'app',
        envFrom: [{ prefix: 'P_', secretRef: { name: 'login' } }],
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/sub', subPath: 'a' },
        ],
      },
    ],
    volumes: [{ name: 'v', secret: { secretName: 'login' } }],
  },
};

async function look(
  now: Record<string, Uint8Array>,
  holds: FakeContainer | RunCommand,
  { uses = USES, keepsValues = false } = {},
) {
  const content = secret(now);
  const run = typeof holds === 'function' ? holds : runInFake(holds);
  const observe = () => (readings: Parameters<typeof observeContainer>[1]) => observeContainer(run, readings);
  return observePod({ pod: POD, raw: RAW, uses, observe, readContent: async () => content, keepsValues });
}

const holding = (values: Record<string, Uint8Array>, sub: Uint8Array): FakeContainer => ({
  environment: Object.fromEntries(Object.entries(values).map(([key, value]) => [`P_${key}`, toVariable(value)])),
  files: {
    '/v': null,
    '/sub': sub,
    ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`/v/${key}`, value])),
  },
});

describe('a value', () => {
  test.each(Object.keys(VALUES))('of %s is itself, and no other', async (name) => {
    const value = VALUES[name] ?? Buffer.alloc(0);
    const same = await look({ a: value }, holding({ a: value }, value));
    expect(same.uses.map(({ seen }) => seen.seen)).toEqual(['same', 'same', 'same']);
    for (const other of [Buffer.concat([value, Buffer.from('\n')]), Buffer.concat([value, Buffer.from([0x80])])]) {
      const { uses } = await look({ a: value }, holding({ a: other }, other), { keepsValues: true });
      expect(uses.map(({ seen }) => seen.seen)).toEqual(['different', 'different', 'different']);
      const [variable, file] = uses.map(({ values }) => Buffer.from(values.get('a') ?? []));
      expect(file?.equals(other)).toBe(true);
      expect(variable?.equals(Buffer.from(toVariable(other)))).toBe(true);
    }
  });

  test('with NUL in it is compared as a file', async () => {
    const [, ...files] = USES;
    const { uses } = await look({ a: NUL }, holding({}, NUL), { uses: files.slice(0, 1) });
    expect(uses[0]?.seen.seen).toBe('same');
    const cut = await look({ a: NUL }, holding({}, NUL.subarray(0, 3)), { uses: files.slice(0, 1) });
    expect(cut.uses[0]?.seen.seen).toBe('different');
  });

  test('is in no verdict', () => {
    const hostile = '\x1b[2Jsecret';
    const inside = new Inside();
    const use = makeDependency();
    const pod = makePod();
    inside.add(pod, use, { seen: 'leftover', leftovers: [{ name: 'GONE', key: 'GONE', hash: hostile }] });
    const graph = makeGraph({
      workloads: [makeWorkload({ pods: [pod] })],
      dependencies: [use],
      configs: [makeConfig()],
    });
    const judged = [...judgeUses(graph, { now: 0, inside })];
    expect(JSON.stringify(judged.map(({ verdicts }) => verdicts.map(({ judgement }) => judgement)))).not.toContain(
      'secret',
    );
  });
});

describe('ten thousand keys', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`);
  const values = (change?: string) =>
    Object.fromEntries(keys.map((key) => [key, Buffer.from(key === change ? 'another' : `value of ${key}`)]));

  test('are compared in commands of a bounded length, and one that differs is found', async () => {
    const commands: (readonly string[])[] = [];
    const inner = runInFake(holding(values('key-9876'), Buffer.alloc(0)));
    const run: RunCommand = (command) => {
      commands.push(command);
      return inner(command);
    };
    const { uses } = await look(values(), run, { uses: [USES[0] ?? makeUse(), USES[2] ?? makeUse()] });
    expect(uses.map(({ seen }) => seen)).toEqual([
      { seen: 'different', keys: ['key-9876'] },
      { seen: 'different', keys: ['key-9876'] },
    ]);
    expect(Math.max(...commands.map((command) => command.join(' ').length))).toBeLessThan(24_000);
    expect(commands.filter((command) => command.includes('e'))).toHaveLength(1);
    // Sums, and then the one file that is not what it should be.
    expect(commands.map((command) => command.slice(5))).toEqual([
      ['s/v'],
      ['e', 'f/v/key-9876', 'n/v', 't/dev/fd', 't/v/..data'],
    ]);
  });

  test('are read one by one where the image has no tool for sums', async () => {
    const inner = runInFake(holding(values('key-9876'), Buffer.alloc(0)));
    let longest = 0;
    const run: RunCommand = (command) => {
      longest = Math.max(longest, command.join(' ').length);
      return inner(command.map((word) => (word === 's/v' ? 't/none' : word)));
    };
    const { uses } = await look(values(), run, { uses: [USES[2] ?? makeUse()] });
    expect(uses[0]?.seen).toEqual({ seen: 'different', keys: ['key-9876'] });
    expect(longest).toBeLessThan(24_000);
  });

  test('are told from the variables of as many Services', () => {
    const block = keys.map((key) => `${key}_SERVICE_HOST=10.0.0.1\0${key}_PORT_80_TCP_ADDR=10.0.0.2\0`).join('');
    const { given, variables } = readEnvironment(Buffer.from(block));
    expect([variables.size, given.size]).toEqual([20_000, 10_004]);
  });
});

describe('a mebibyte in each of many files', () => {
  const names = Array.from({ length: 12 }, (_, index) => `k${index}`);
  const whole = Object.fromEntries(names.map((name) => [name, Buffer.alloc(MEBIBYTE, name)]));
  const volume = [USES[2] ?? makeUse()];

  test('comes in portions', async () => {
    const sizes: number[] = [];
    const inner = runInFake(holding(whole, Buffer.alloc(0)));
    const run: RunCommand = async (command) => {
      const outcome = await inner(command);
      if (outcome.result === 'ended') sizes.push(outcome.stdout.length);
      return outcome;
    };
    const { uses } = await look(whole, run, { uses: volume });
    expect(uses[0]?.seen.seen).toBe('same');
    expect(Math.max(...sizes)).toBeLessThan(4 * MEBIBYTE);
  });

  test('that should be short is read in smaller portions once it has come to too much', async () => {
    let refused = 0;
    const inner = runInFake(holding(whole, Buffer.alloc(0)));
    const run: RunCommand = async (command) => {
      const outcome = await inner(command);
      if (outcome.result !== 'ended' || outcome.stdout.length <= 4 * MEBIBYTE) return outcome;
      refused++;
      return { result: 'too-much', message: 'the command printed more than 4 MiB' };
    };
    const short = Object.fromEntries(names.map((name) => [name, Buffer.from('x')]));
    const { uses } = await look(short, run, { uses: volume });
    expect(uses[0]?.seen).toEqual({ seen: 'different', keys: [...names].sort() });
    expect(refused).toBeGreaterThan(0);
    // One thing alone that is too much is not asked for again and again.
    const endless: RunCommand = async () => ({ result: 'too-much', message: 'too much' });
    expect((await look(short, endless, { uses: volume })).uses[0]?.seen).toMatchObject({ why: 'too much' });
  });
});
