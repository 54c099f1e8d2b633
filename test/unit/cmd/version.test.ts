import { describe, expect, test } from 'bun:test';
import packageManifest from '../../../package.json' with { type: 'json' };
import { sendJson, startRecordingServer } from '../../support/recording-server.ts';
import { runCommand } from '../../support/run-command.ts';

const CLIENT = `v${packageManifest.version}`;

describe('version', () => {
  test('tells that of the program and of the server', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, { gitVersion: 'v1.25.16' }), {
      tls: false,
    });
    expect(await runCommand(`version -s ${server.url}`)).toEqual({
      code: 0,
      stdout: `Client Version: ${CLIENT}\nServer Version: v1.25.16\n`,
      stderr: '',
    });
    expect(JSON.parse((await runCommand(`version -o json -s ${server.url}`)).stdout)).toEqual({
      clientVersion: CLIENT,
      serverVersion: 'v1.25.16',
    });
  });

  test.each([
    ['', `Client Version: ${CLIENT}\n`],
    ['-o json', `{\n  "clientVersion": "${CLIENT}"\n}\n`],
    ['-o yaml', `clientVersion: ${CLIENT}\n`],
  ])('tells that of the program before it says that the server does not answer (%s)', async (flags, stdout) => {
    const result = await runCommand(`version ${flags} -s http://127.0.0.1:1`);
    expect(result).toEqual({
      code: 2,
      stdout,
      stderr: expect.stringContaining('The connection to the server 127.0.0.1:1 was refused'),
    });
  });

  test('says that what answers tells no version', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, { gitVersion: 7 }), {
      tls: false,
    });
    expect(await runCommand(`version -s ${server.url}`)).toEqual({
      code: 2,
      stdout: `Client Version: ${CLIENT}\n`,
      stderr: 'error: the server does not tell its version\n',
    });
  });

  test('spells out what would move the cursor', async () => {
    await using server = await startRecordingServer((_, response) => sendJson(response, { gitVersion: '\x1b[2Jv1' }), {
      tls: false,
    });
    expect((await runCommand(`version -s ${server.url}`)).stdout).toEndWith('Server Version: \\x1b[2Jv1\n');
  });

  test.each(['version --client', '--version', 'status --version'])('%s asks no server', async (line) => {
    expect(await runCommand(line)).toEqual({ code: 0, stdout: `Client Version: ${CLIENT}\n`, stderr: '' });
  });
});
