/** What `diff -f` writes for a program of the user's lies in one folder that is gone when the command ends, however it ends. */
import { expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ExitCode } from '../../../src/error.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { makeFolder } from '../../support/connection.ts';
import type { Respond } from '../../support/recording-server.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';
import { runCommand } from '../../support/run-command.ts';

/** There is nothing, and nothing may be written: what would be applied is reckoned here. */
const readOnly: Respond = ({ method, path }, response) => {
  if (method !== 'GET') sendStatus(response, 403, 'Forbidden', 'User "me" cannot create resource "secrets"');
  else if (/(configmaps|secrets)\/./.test(path)) sendStatus(response, 404, 'NotFound', 'not found');
  else sendJson(response, { metadata: {}, items: [] });
};

const secret = (name: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { key: 'hunter2' } });

const SHOW = `#!/bin/sh
cd "$(dirname "$1")" && find . -type f | sort && stat -c %a . LIVE MERGED MERGED/*
exit 1
`;
/** Tells where it is, and takes no signal but the one that none can refuse. */
const HANG = `#!/bin/sh
trap '' INT TERM HUP
echo $$ > "$TOLD.part" && mv "$TOLD.part" "$TOLD"
for i in $(seq 600); do sleep 0.1; done
`;

test.each(['../../../../escaped', `${'x'.repeat(253)}`, '..', 'a\u001b[2J\0b'])(
  'no name of a manifest leads out of the folder: %j',
  async (name) => {
    await using server = await startRecordingServer(readOnly, { tls: false });
    await using folder = await makeFolder();
    await folder.write('show', SHOW, 0o755);
    await folder.write('in.json', secret(name));
    const temporary = join(folder.path, 'a/b/c/tmp');
    mkdirSync(temporary, { recursive: true });
    const { code, stdout, stderr } = await runCommand(['diff', '-n', 'shop', '-f', 'in.json', '-s', server.url], {
      cwd: folder.path,
      env: { KUBECTL_EXTERNAL_DIFF: join(folder.path, 'show'), TMPDIR: temporary },
    });
    expect([code, stderr.includes('this is a bug')]).toEqual([1, false]);
    const files = stdout.split('\n').filter((line) => line.startsWith('./'));
    expect(files).toHaveLength(2);
    for (const file of files) expect(file).toMatch(/^\.\/(LIVE|MERGED)\/v1\.Secret\.shop\.[\w.%~-]+$/);
    expect(stdout.match(/^\d{3}$/gm)).toEqual(['700', '700', '700', '600']);
    expect(`${stdout}${stderr}`).not.toContain('hunter2');
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(folder.path).sort()).toEqual(['a', 'in.json', 'show']);
  },
);

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

const SIGNALS: { signals: NodeJS.Signals[] }[] = [
  { signals: ['SIGINT', 'SIGINT'] },
  { signals: ['SIGTERM', 'SIGINT'] },
  { signals: ['SIGHUP'] },
];

test.each(SIGNALS)(
  'a program that does not end leaves nothing behind after $signals',
  async ({ signals }) => {
    await using server = await startRecordingServer(readOnly, { tls: false });
    await using folder = await makeFolder();
    await folder.write('hang', HANG, 0o755);
    await folder.write('in.json', secret('login'));
    const temporary = join(folder.path, 'tmp');
    mkdirSync(temporary);
    const told = join(folder.path, 'told');
    const program = resolve('cmd/kubectl-reload.ts');
    const command = ['diff', '--show-secrets', '-n', 'shop', '-f', 'in.json', '-s', server.url];
    const child = Bun.spawn([process.execPath, program, ...command], {
      cwd: folder.path,
      env: {
        PATH: process.env['PATH'],
        KUBECTL_EXTERNAL_DIFF: join(folder.path, 'hang'),
        TOLD: told,
        TMPDIR: temporary,
      },
      stdout: 'ignore',
      stderr: 'ignore',
    });
    await waitFor(() => statSync(told, { throwIfNoEntry: false }) !== undefined, 60_000, 'the program to run');
    expect(readdirSync(temporary)).toHaveLength(1);
    try {
      // A signal that comes with the one before it is the same one.
      while (child.exitCode === null && child.signalCode === null) {
        for (const signal of signals) {
          child.kill(signal);
          await Promise.race([child.exited, Bun.sleep(300)]);
        }
      }
      // On a slow machine the program is ended, and all is well, before the second one.
      expect(child.exitCode === ExitCode.interrupted || signals.some((one) => one === child.signalCode)).toBeTrue();
      expect(readdirSync(temporary)).toEqual([]);
    } finally {
      end(Number(readFileSync(told, 'utf8')));
    }
  },
  120_000,
);
