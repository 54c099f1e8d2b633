/** A redirect is never followed: it would take the credentials to whoever it names. */
import { expect, test } from 'bun:test';
import { ReloadError } from '../../../src/error.ts';
import { connectTo, failure } from '../../support/connection.ts';
import { startRecordingServer } from '../../support/recording-server.ts';
import { runCommand } from '../../support/run-command.ts';

const path = '/api/v1/configmaps';

test.each([301, 302, 303, 307, 308])('a %d to another origin gets no request there, of whatever kind', async (code) => {
  await using elsewhere = await startRecordingServer();
  await using plain = await startRecordingServer(undefined, { tls: false });
  for (const target of [elsewhere, plain]) {
    await using server = await startRecordingServer((_, response) =>
      response.writeHead(code, { location: `${target.url}${path}` }).end(),
    );
    using cluster = await connectTo(server);
    const attempts: (() => Promise<unknown>)[] = [
      () => cluster.request({ path }),
      () => cluster.request({ method: 'PATCH', path, body: {} }),
      () => cluster.list({ path, form: 'table', project: () => 1 }),
      () => cluster.watch({ path, form: 'full' })[Symbol.asyncIterator]().next(),
      () => cluster.exec({ namespace: 'shop', pod: 'web', container: 'app', command: ['true'] }),
    ];
    for (const attempt of attempts) {
      expect((await failure(attempt(), ReloadError)).message).toContain(`redirects to ${target.url}`);
    }
    expect(server.requests.every(({ headers }) => headers['authorization']?.[0] === 'Bearer secret-token')).toBeTrue();
    expect(target.requests).toEqual([]);
    expect(target.connections()).toBe(0);
  }
});

test('where a redirect leads is shown without harm to the terminal, and -v tells no token', async () => {
  await using server = await startRecordingServer(
    (_, response) => response.writeHead(302, { location: 'http://x/\x9b31m' }).end(),
    { tls: false },
  );
  const { code, stdout, stderr } = await runCommand(`status -v -n shop -s ${server.url} --token secret-token`);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('redirects to http://x/\\x9b31m\n');
  expect(stderr).toContain('GET http://127.0.0.1');
  expect(stderr).not.toContain('secret-token');
});

test('over plain http no credentials are sent', async () => {
  await using server = await startRecordingServer(undefined, { tls: false });
  await runCommand(`status -n shop -s ${server.url} --token secret-token`);
  expect(server.requests.length).toBeGreaterThan(0);
  expect(JSON.stringify(server.requests)).not.toContain('secret-token');
});
