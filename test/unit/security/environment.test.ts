/** What stands in the environment changes nothing of whom the program trusts, and prints nothing that it would keep to itself. */
import { expect, test } from 'bun:test';
import { join, resolve } from 'node:path';
import { createServer } from 'node:tls';
import { findExecutable } from '../../../src/find-executable.ts';
import { createAuthority } from '../../cluster/certificate.ts';
import { kubeconfigFor, makeEnvironment, makeFolder } from '../../support/connection.ts';
import type { RecordingServer } from '../../support/recording-server.ts';
import { sendJson, startRecordingServer } from '../../support/recording-server.ts';

const respond = (_: unknown, response: Parameters<typeof sendJson>[0]) =>
  sendJson(response, { metadata: {}, items: [] });

/** Runs `status` as a process of its own, against a server that is known by `trusted`. */
async function runStatus(server: RecordingServer, trusted: RecordingServer, env: Record<string, string>) {
  await using folder = await makeFolder();
  await folder.write('authority.pem', server.authority.cert);
  const kubeconfig = kubeconfigFor({ ...trusted, url: server.url }, '{token: secret-token}');
  await folder.write('config', kubeconfig);
  const places = Object.entries(env).map(([name, value]) => [name, value.replace('FOLDER', folder.path)]);
  const child = Bun.spawn([process.execPath, '--no-env-file', resolve('cmd/kubectl-reload.ts'), 'status', '-v'], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], KUBECONFIG: 'config', ...Object.fromEntries(places) },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, printed: stdout + stderr };
}

test.each([
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['NODE_EXTRA_CA_CERTS', 'FOLDER/authority.pem'],
  ['SSL_CERT_FILE', 'FOLDER/authority.pem'],
  ['NODE_USE_SYSTEM_CA', '1'],
])('%s does not make a server trusted that the authority of the kubeconfig did not sign', async (name, value) => {
  await using server = await startRecordingServer(respond);
  await using other = await startRecordingServer(respond, { authority: createAuthority('another') });
  const { code, printed } = await runStatus(server, other, { [name]: value });
  expect(printed).toContain('certificate signed by unknown authority');
  expect([code, server.requests]).toEqual([2, []]);
});

test.each(['NODE_DEBUG', 'BUN_CONFIG_VERBOSE_FETCH', 'DEBUG'])('%s prints no token', async (name) => {
  await using server = await startRecordingServer(respond);
  const { code, printed } = await runStatus(server, server, {
    [name]: name === 'NODE_DEBUG' ? 'http,https,net,tls' : '1',
  });
  expect([code, server.requests.length > 0]).toEqual([0, true]);
  expect(printed).not.toContain('secret-token');
});

test('a relative folder in PATH gives no program to run', async () => {
  await using folder = await makeFolder();
  const program = await folder.write('bin/plugin', '#!/bin/sh\n', 0o755);
  const find = (PATH: string) => findExecutable('plugin', { ...makeEnvironment(folder.path), env: { PATH } });
  expect(await find(`:.:bin:./bin:${join(folder.path, 'bin')}`)).toBe(program);
  expect(await find(':.:bin:./bin')).toBeUndefined();
});

test('a server that speaks no newer TLS than 1.1 is refused', async () => {
  await using trusted = await startRecordingServer(respond);
  const old = createServer({ ...trusted.authority.issueServer('old'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
  let secured = 0;
  old.on('secureConnection', () => secured++);
  old.on('tlsClientError', () => undefined);
  const { promise, resolve: listening } = Promise.withResolvers<number>();
  old.listen(0, '127.0.0.1', () => {
    const address = old.address();
    listening(typeof address === 'object' && address !== null ? address.port : 0);
  });
  const port = await promise;
  const { code, printed } = await runStatus({ ...trusted, port, url: `https://127.0.0.1:${port}` }, trusted, {});
  old.close();
  expect(printed).toContain('Unable to connect to the server: ');
  expect([code, secured]).toEqual([2, 0]);
});
