/** The corpus of what fuzzers found and others fell over: every file is read, or refused in words that repeat no secret. */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import type { Dependency } from '../../../src/types.ts';
import { connectTo, failure, makeFolder } from '../../support/connection.ts';
import type { Respond } from '../../support/recording-server.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';
import type { CommandResult, CommandSetting } from '../../support/run-command.ts';
import { runCommand } from '../../support/run-command.ts';

const folder = join(import.meta.dirname, '../../fixtures/hostile');
const list = (ending: string) => readdirSync(folder).filter((name) => name.endsWith(ending));

/** Runs a command that must not end in a bug, and what a library would print past us counts as printed. */
async function runHostile(line: string, setting: CommandSetting): Promise<CommandResult> {
  const warnings: string[] = [];
  const listen = (warning: Error) => void warnings.push(warning.message);
  process.on('warning', listen);
  const result = await runCommand(line, setting);
  await Bun.sleep(0);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
  expect(result.stderr).not.toContain('this is a bug');
  expect(result.stdout + result.stderr).not.toMatch(/hunter2|aHVudGVy/);
  return result;
}

describe('a hostile kubeconfig', () => {
  test.each(list('.kubeconfig'))('%s is refused', async (name) => {
    const { code, stdout, stderr } = await runHostile('status -n shop', { kubeconfig: join(folder, name) });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: (error loading config file|no context is chosen|the OIDC login)/);
  });

  test.each([
    ['nested a hundred thousand deep', `users: ${'['.repeat(100_000)}`],
    ['of 20 MB', `# ${'x'.repeat(20_000_000)}\n`],
  ])('%s is refused', async (_, text) => {
    await using place = await makeFolder();
    const kubeconfig = await place.write('config', text);
    const { code, stderr } = await runHostile('status -n shop', { kubeconfig });
    expect([code, stderr.startsWith('error: error loading config file')]).toEqual([2, true]);
  });
});

/** There is nothing in the cluster, and nothing may be written. */
const readOnly: Respond = ({ method, path }, response) => {
  if (method !== 'GET') sendStatus(response, 403, 'Forbidden', 'User "me" cannot create resource "configmaps"');
  else if (/(configmaps|secrets)\/./.test(path)) sendStatus(response, 404, 'NotFound', 'not found');
  else sendJson(response, { metadata: {}, items: [] });
};

describe('a hostile manifest', () => {
  const COMMANDS = ['deps -f', 'deps -o yaml -f', 'diff -f', 'probe inject -o yaml -f', 'probe eject -o yaml -f'];
  const CASES = [...list('.json'), ...list('.yaml')].flatMap((name) => COMMANDS.map((line) => [name, line] as const));

  test.each(CASES)('%s is no trouble for %s', async (name, line) => {
    await using server = await startRecordingServer(readOnly, { tls: false });
    const where = line.startsWith('diff') ? `-s ${server.url}` : '';
    const { code, stdout, stderr } = await runHostile(`${line} ${join(folder, name)} -n shop ${where}`, {});
    expect(
      code === 2 ? /^(error|skipped|note|cannot)?/.test(stderr) && stderr !== '' : stdout + stderr !== '',
    ).toBeTrue();
  });

  test('whose keys are names of JavaScript is read like any other', async () => {
    const { code, stdout } = await runHostile(`deps -f ${join(folder, 'prototype.yaml')} -o json`, {});
    const items: Dependency[] = JSON.parse(stdout).items;
    expect(code).toBe(0);
    expect(items.map(({ config, keys, exists, missingKeys }) => [config.name, keys, exists, missingKeys])).toEqual([
      ['__proto__', ['valueOf'], true, ['valueOf']],
      ['__proto__', ['__proto__'], true, []],
      ['constructor', ['toString'], null, []],
    ]);
  });

  test.each([
    ['nested a hundred thousand deep', '[{"a":'.repeat(100_000), 'nested too deep'],
    ['nested so in lines', `a: ${'{b: '.repeat(100_000)}`, 'nested too deep'],
  ])('%s is refused', async (_, text, words) => {
    await using place = await makeFolder();
    const file = await place.write('deep.yaml', text);
    const { code, stderr } = await runHostile(`deps -f ${file}`, {});
    expect([code, stderr.includes(words)]).toEqual([2, true]);
  });

  test('of 100 MB is refused without being read to its end', async () => {
    await using place = await makeFolder();
    const file = await place.write('large.yaml', '');
    truncateSync(file, 100 * 1024 * 1024);
    const { code, stderr } = await runHostile(`deps -f ${file}`, {});
    expect([code, stderr]).toEqual([2, `error: ${file} is larger than 64 MiB\n  Give its objects in several files.\n`]);
  });
});

describe('a hostile server', () => {
  test.each([
    ['not-events.watch', 'foreign'],
    ['null.watch', 'foreign'],
    ['cut.watch', 'garbled'],
  ] as const)('that streams %s, byte by byte, is told from one that works', async (name, kind) => {
    const bytes = readFileSync(join(folder, name));
    await using server = await startRecordingServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    using cluster = await connectTo(server);
    const follow = async () => {
      for await (const _ of cluster.watch({ path: '/api/v1/configmaps', form: 'full' }));
    };
    expect((await failure(follow(), ConnectionError)).kind).toBe(kind);
  });

  test.each(
    [
      { items: null, metadata: 5 },
      { metadata: {}, items: {} },
      { metadata: {}, items: [null] },
      { metadata: {}, columnDefinitions: [null], rows: [] },
      { metadata: {}, columnDefinitions: [{ name: 'Data' }], rows: [{ object: {} }] },
      [1],
      'text',
    ].map((answer) => ({ answer })),
  )('whose list is $answer does not speak the API', async ({ answer }) => {
    await using server = await startRecordingServer((_, response) => sendJson(response, answer));
    using cluster = await connectTo(server);
    const asked = cluster.list({ path: '/api/v1/configmaps', form: 'table', project: () => 1 });
    const error = await failure(asked, ConnectionError);
    expect(error.message).toBe(`the server ${server.url} answers with JSON that is no list`);
  });

  test('that holds a pod of an odd owner is asked for no odd path', async () => {
    const pods: unknown = JSON.parse(readFileSync(join(folder, 'odd-owner.json'), 'utf8'));
    await using server = await startRecordingServer(
      ({ path }, response) => sendJson(response, path.endsWith('/pods') ? pods : { metadata: {}, items: [] }),
      { tls: false },
    );
    const { code } = await runHostile(`status --all -n shop -s ${server.url}`, {});
    expect(code).toBe(0);
    for (const { path } of server.requests) expect(path).toMatch(/^\/apis?\/[\w.]+\/[\w/-]+$/);
  });
});
