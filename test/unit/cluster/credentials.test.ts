import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from '../../../src/cluster/api-error.ts';
import type { Environment } from '../../../src/cluster/connect.ts';
import { connect } from '../../../src/cluster/connect.ts';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import { ReloadError } from '../../../src/error.ts';
import { isAlive } from '../../cluster/process-list.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import type { TestFolder } from '../../support/connection.ts';
import { FAST_LIMITS, failure, kubeconfigFor, makeEnvironment, makeFolder } from '../../support/connection.ts';
import type { RecordedRequest, RecordingServer } from '../../support/recording-server.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const path = '/api/v1/pods';
const VERSION = 'client.authentication.k8s.io/v1';

/** Connects as a user, given as YAML flow text, in a folder that outlives the connection. */
async function connectAs(
  server: RecordingServer,
  folder: TestFolder,
  user: string,
  changes: Partial<Environment> = {},
) {
  const kubeconfig = await folder.write('kubeconfig', kubeconfigFor(server, user));
  const environment = makeEnvironment(folder.path, changes);
  const cluster = await connect({ kubeconfig }, environment, FAST_LIMITS);
  return { ...cluster, environment, [Symbol.dispose]: () => cluster.close() };
}

/** A server that accepts some tokens. */
const startGuarded = (isGood: (request: RecordedRequest) => boolean) =>
  startRecordingServer((request, response) => {
    if (isGood(request)) sendJson(response, {});
    else sendStatus(response, 401, 'Unauthorized', 'Unauthorized');
  });

const tokens = (server: RecordingServer) => server.requests.map(({ headers }) => headers.authorization?.[0]);

/** An exec plugin that counts its runs in the file `runs` and prints what `status` says; `$n` is the number of the run. */
const plugin = (status: string, before = '') => `#!/bin/sh
echo run >> "$(dirname "$0")/runs"
n=$(wc -l < "$(dirname "$0")/runs" | tr -d ' ')
${before}
cat <<END
{"apiVersion":"${VERSION}","kind":"ExecCredential","status":${status}}
END
`;
const exec = (fields = '') => `{exec: {apiVersion: ${VERSION}, command: ./plugin, interactiveMode: Never, ${fields}}}`;
const countRuns = async (folder: TestFolder) =>
  (await readFile(join(folder.path, 'runs'), 'utf8')).split('\n').length - 1;

describe('an exec plugin', () => {
  test('runs once for requests at the same time, and for later ones', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', plugin('{"token":"t$n"}', 'sleep 0.1'), 0o700);
    using cluster = await connectAs(server, folder, exec());
    await Promise.all([1, 2, 3, 4].map(() => cluster.request({ path })));
    await cluster.request({ path });
    expect(tokens(server)).toEqual(Array.from({ length: 5 }, () => 'Bearer t1'));
    expect(await countRuns(folder)).toBe(1);
  });

  test('does not run before the first request', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', plugin('{"token":"t"}'), 0o700);
    using _cluster = await connectAs(server, folder, exec());
    expect(await failure(countRuns(folder), Error)).toMatchObject({ code: 'ENOENT' });
  });

  test('runs again shortly before its credential expires', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', plugin('{"token":"t$n","expirationTimestamp":"2030-01-01T00:10:00Z"}'), 0o700);
    let now = Date.parse('2030-01-01T00:00:00Z');
    using cluster = await connectAs(server, folder, exec(), { now: () => now });
    for (const time of ['00:00:00', '00:09:49', '00:09:51']) {
      now = Date.parse(`2030-01-01T${time}Z`);
      await cluster.request({ path });
    }
    expect(tokens(server)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  test('runs once more after 401', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(({ headers }) => headers.authorization?.[0] === 'Bearer t2');
    await folder.write('plugin', plugin('{"token":"t$n"}'), 0o700);
    using cluster = await connectAs(server, folder, exec());
    await Promise.all([cluster.request({ path }), cluster.request({ method: 'POST', path, body: {} })]);
    expect(await countRuns(folder)).toBe(2);
  });

  test('that gives the same token again does not help', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => false);
    await folder.write('plugin', plugin('{"token":"same"}'), 0o700);
    using cluster = await connectAs(server, folder, exec());
    const error = await failure(cluster.request({ path }), ApiError);
    expect(error.message).toBe('You must be logged in to the server (Unauthorized)');
    expect(error.hint).toContain(`the exec plugin ${folder.path}/plugin`);
    expect(server.requests).toHaveLength(1);
  });

  test('may give a client certificate, and a new one', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(({ user }) => user === 'second');
    for (const [index, name] of ['first', 'second'].entries()) {
      const { cert, key } = server.authority.issueClient(name);
      await folder.write(`${index + 1}.json`, JSON.stringify({ clientCertificateData: cert, clientKeyData: key }));
    }
    await folder.write('plugin', plugin('$(cat "$(dirname "$0")/$n.json")'), 0o700);
    using cluster = await connectAs(server, folder, exec());
    await cluster.request({ path });
    expect(server.requests.map(({ user }) => user)).toEqual(['first', 'second']);
  });

  test('lets its stderr through', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', plugin('{"token":"t"}', 'echo "visit größe" >&2'), 0o700);
    using cluster = await connectAs(server, folder, exec());
    await cluster.request({ path });
    expect(cluster.environment.printed()).toBe('visit größe\n');
  });

  test('gets an empty stdin and is told that nobody can answer', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', plugin('{"token":"t"}', 'cat >&2; echo "$KUBERNETES_EXEC_INFO" >&2'), 0o700);
    using cluster = await connectAs(server, folder, exec('provideClusterInfo: false').replace('Never', 'IfAvailable'));
    await cluster.request({ path });
    expect(JSON.parse(cluster.environment.printed())).toEqual({
      kind: 'ExecCredential',
      apiVersion: VERSION,
      spec: { interactive: false },
    });
  });

  test('that may ask is told so at a terminal', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', plugin('{"token":"t"}', 'echo "$KUBERNETES_EXEC_INFO" >&2'), 0o700);
    using cluster = await connectAs(server, folder, exec().replace('Never', 'Always'), { interactive: true });
    await cluster.request({ path });
    expect(cluster.environment.printed()).toContain('"interactive":true');
  });

  test('that hangs is not waited for longer than a request may take, and ends with the connection', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', `#!/bin/sh\necho $$ > "$(dirname "$0")/pid"\nexec sleep 600\n`, 0o700);
    using cluster = await connectAs(server, folder, exec());
    const patience = new AbortController();
    const request = failure(cluster.request({ path, signal: patience.signal }), Error);
    const readPid = () => readFile(join(folder.path, 'pid'), 'utf8').catch(() => '');
    while ((await readPid()) === '') await Bun.sleep(20);
    patience.abort(new Error('no more time'));
    expect((await request).message).toBe('no more time');
    const pid = Number(await readPid());
    expect(isAlive(pid)).toBe(true);
    const other = failure(cluster.request({ path }), Error);
    cluster.close();
    expect((await other).message).toBe('the connection was closed');
    expect(isAlive(pid)).toBe(false);
    expect(server.requests).toEqual([]);
  });

  test('that takes longer than some requests may is not begun again for each', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('plugin', plugin('{"token":"t"}', 'sleep 0.5'), 0o700);
    using cluster = await connectAs(server, folder, exec());
    for (const _ of [1, 2, 3]) {
      const late = new ConnectionError('late', { kind: 'timeout', sent: true });
      const patience = new AbortController();
      setTimeout(() => patience.abort(late), 50);
      const error = await failure(cluster.request({ path, signal: patience.signal }), ConnectionError);
      expect([error.sent, error.message]).toEqual([
        false,
        `getting credentials: the exec plugin ${folder.path}/plugin gave none in the time that was left`,
      ]);
    }
    await cluster.request({ path });
    expect(await countRuns(folder)).toBe(1);
  });

  test('that hangs after a 401 has not let the request do anything', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => false);
    const hangs = 'if [ $n -gt 1 ]; then touch "$(dirname "$0")/again"; sleep 60; fi';
    await folder.write('plugin', plugin('{"token":"t$n"}', hangs), 0o700);
    using cluster = await connectAs(server, folder, exec());
    const patience = new AbortController();
    const request = failure(cluster.request({ path, signal: patience.signal }), ConnectionError);
    await waitFor(() => existsSync(join(folder.path, 'again')), 10_000, 'the plugin to begin again');
    patience.abort(new ConnectionError('late', { kind: 'timeout', sent: true }));
    expect((await request).sent).toBe(false);
    expect(tokens(server)).toEqual(['Bearer t1']);
  });

  test('that a completion has begun is let finish', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    const saves = 'touch "$(dirname "$0")/begun"; sleep 0.3; touch "$(dirname "$0")/saved"';
    await folder.write('plugin', plugin('{"token":"t"}', saves), 0o700);
    using cluster = await connectAs(server, folder, exec(), { mayRenewLogin: false });
    const request = failure(cluster.request({ path }), Error);
    await waitFor(() => existsSync(join(folder.path, 'begun')), 10_000, 'the plugin to begin');
    cluster.close();
    await request;
    await waitFor(() => existsSync(join(folder.path, 'saved')), 10_000, 'the plugin to save');
  });

  const problem = async (script: string | undefined, fields = '', changes: Partial<Environment> = {}) => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    if (script !== undefined) await folder.write('plugin', script, 0o700);
    using cluster = await connectAs(server, folder, fields || exec(), changes);
    const error = await failure(cluster.request({ path }), ReloadError);
    expect(server.requests).toEqual([]);
    expect(error.hint).toBeTruthy();
    return { message: error.message.replaceAll(folder.path, 'FOLDER'), hint: error.hint };
  };

  test('that must ask is refused without a terminal', async () => {
    const { message } = await problem(plugin('{"token":"t"}'), exec().replace('Never', 'Always'));
    expect(message).toBe(
      'getting credentials: exec plugin cannot support interactive mode: standard input is not a terminal',
    );
  });

  test('that is not installed is named, with its install hint', async () => {
    const missing = exec('installHint: "brew install it\\e[31m"').replace('./plugin', 'no-such-plugin');
    expect(await problem(undefined, missing)).toEqual({
      message: 'getting credentials: exec: executable no-such-plugin not found',
      hint: 'brew install itU+001B[31m',
    });
  });

  test('that fails is named, with its exit code', async () => {
    expect((await problem('#!/bin/sh\nexit 3\n')).message).toBe(
      'getting credentials: exec: executable FOLDER/plugin failed with exit code 3',
    );
  });

  test.each([
    ['#!/bin/sh\necho s3cret', 'what it printed is not JSON'],
    ['#!/bin/sh\necho "[]"', 'its output must be a mapping, not a list'],
    ['#!/bin/sh\necho "{}"', 'it printed the kind "", not ExecCredential'],
    [
      plugin('{"token":"t"}').replace('k8s.io/v1', 'k8s.io/v1beta1'),
      `is configured to use API version ${VERSION}, plugin returned version client.authentication.k8s.io/v1beta1`,
    ],
    [plugin('null'), "didn't return a status field"],
    [plugin('{}'), "didn't return a token or cert/key pair"],
    [plugin('{"clientKeyData":"k"}'), 'returned only certificate or key, not both'],
    [plugin('{"token":"t","expirationTimestamp":"soon"}'), 'expirationTimestamp is not a time'],
    [plugin('{"token":7}'), 'its output.status.token must be a string, not a number'],
  ])('whose output is bad is named: %#', async (script, why) => {
    expect((await problem(script)).message).toBe(`getting credentials: exec plugin FOLDER/plugin: ${why}`);
  });
});

describe('a token file', () => {
  test('is read again when it is old', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    const file = await folder.write('token', 'one\n');
    let now = 0;
    using cluster = await connectAs(server, folder, '{tokenFile: token}', { now: () => now });
    await cluster.request({ path });
    await folder.write('token', 'two');
    now = 49_000;
    await cluster.request({ path });
    now = 51_000;
    await cluster.request({ path });
    await rm(file);
    now = 102_000;
    await cluster.request({ path });
    expect(tokens(server)).toEqual(['Bearer one', 'Bearer one', 'Bearer two', 'Bearer two']);
  });

  test('is read again after 401', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(({ headers }) => headers.authorization?.[0] === 'Bearer new');
    await folder.write('token', 'old');
    using cluster = await connectAs(server, folder, '{tokenFile: token}');
    await folder.write('token', 'new');
    await cluster.request({ path });
    expect(tokens(server)).toEqual(['Bearer old', 'Bearer new']);
  });

  test('that did not change does not help after 401', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => false);
    await folder.write('token', 'old');
    using cluster = await connectAs(server, folder, '{tokenFile: token}');
    const error = await failure(cluster.request({ path }), ApiError);
    expect(error.hint).toContain(`the token in ${folder.path}/token of context "test"`);
    expect(server.requests).toHaveLength(1);
  });

  test('that is empty is refused', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    await folder.write('token', '\n');
    const error = await failure(connectAs(server, folder, '{tokenFile: token}'), ReloadError);
    expect(error.message).toBe(`the token file ${folder.path}/token is empty`);
  });
});

describe('a client certificate', () => {
  test('is read again after 401', async () => {
    await using folder = await makeFolder();
    await using server = await startGuarded(({ user }) => user === 'new');
    const write = async (name: string) => {
      const { cert, key } = server.authority.issueClient(name);
      await folder.write('my.crt', cert);
      await folder.write('my.key', key);
    };
    await write('old');
    using cluster = await connectAs(server, folder, '{client-certificate: my.crt, client-key: my.key}');
    await write('new');
    await cluster.request({ path });
    expect(server.requests.map(({ user }) => user)).toEqual(['old', 'new']);
  });

  const TERM = { from: new Date('2026-03-01T10:00:00Z'), to: new Date('2049-12-31T23:00:00Z') };
  test.each([
    ['Sun, 01 Mar 2026 09:59:59 GMT', 'the certificate is not valid before 2026-03-01T10:00:00Z\nrenew it, or'],
    ['Sun, 01 Mar 2026 10:00:00 GMT', 'log in again, or'],
    ['Fri, 31 Dec 2049 23:00:00 GMT', 'log in again, or'],
    ['Fri, 31 Dec 2049 23:00:01 GMT', 'the certificate expired on 2049-12-31T23:00:00Z\nrenew it, or'],
    ['', 'log in again, or'],
  ])('that the server does not accept is looked at by the clock of the server: %j', async (date, advice) => {
    await using folder = await makeFolder();
    await using server = await startRecordingServer((_, response) => {
      response.sendDate = false;
      sendStatus(response, 401, 'Unauthorized', 'Unauthorized', date === '' ? {} : { date });
    });
    const { cert, key } = server.authority.issueClient('jane', [], TERM);
    await folder.write('my.crt', `${cert}${server.authority.issueClient('another').cert}`);
    await folder.write('my.key', key);
    using cluster = await connectAs(server, folder, '{client-certificate: my.crt, client-key: my.key}');
    const { hint } = await failure(cluster.request({ path }), ApiError);
    const file = join(folder.path, 'my.crt');
    expect(hint).toBe(
      `the server does not accept the client certificate ${file} of context "test": ${advice} choose another user`,
    );
  });

  test.each([
    [
      '{client-certificate-data: "%%%", client-key-data: YQ==}',
      'client-certificate-data in the kubeconfig is not valid base64',
    ],
    ['{client-certificate-data: YQ==, client-key-data: YQ==}', 'the client certificate or its key cannot be used: '],
  ])('that is none is refused: %#', async (user, message) => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    const attempt = async () => {
      using cluster = await connectAs(server, folder, user);
      await cluster.request({ path });
    };
    expect((await failure(attempt(), ReloadError)).message).toStartWith(message);
  });
});

describe('an auth-provider', () => {
  test.each([
    ['gcp', 'kubectl has dropped it too: use an exec plugin instead, gke-gcloud-auth-plugin'],
    ['azure', 'kubectl has dropped it too: use an exec plugin instead, kubelogin'],
    ['openstack', 'kubectl has dropped it too: use an exec plugin instead'],
  ])('%s is refused', async (name, hint) => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    const error = await failure(connectAs(server, folder, `{auth-provider: {name: ${name}}}`), ReloadError);
    expect([error.message, error.hint]).toEqual([`the auth-provider "${name}" of user "test" is not supported`, hint]);
  });

  const jwt = (exp: number, id = '') => `e30.${Buffer.from(JSON.stringify({ exp, id })).toString('base64url')}.x`;
  const login = (server: RecordingServer, fields: string) =>
    `{auth-provider: {name: oidc, config: {client-id: me, idp-issuer-url: "${server.url}/idp", idp-certificate-authority-data: ${Buffer.from(server.authority.cert).toString('base64')}, ${fields}}}}`;

  const startIssuer = (answerToken: (request: RecordedRequest) => object | undefined) =>
    startRecordingServer((request, response) => {
      if (request.path.endsWith('/openid-configuration')) {
        return sendJson(response, { token_endpoint: `https://${request.headers.host?.[0]}/idp/token` });
      }
      const answer = request.path === '/idp/token' ? answerToken(request) : {};
      return answer ? sendJson(response, answer) : sendJson(response, { error: 'invalid_grant' }, 400);
    });

  test('oidc is refreshed once for requests at the same time, and saved with the comments of the file kept', async () => {
    await using folder = await makeFolder();
    await using server = await startIssuer(() => ({ id_token: jwt(4e9, 'new'), refresh_token: 'r2' }));
    using cluster = await connectAs(server, folder, login(server, `id-token: ${jwt(1e9)}, refresh-token: r1`));
    await Promise.all([1, 2, 3].map(() => cluster.request({ path })));
    const asked = server.requests.filter((request) => request.path === '/idp/token');
    expect(asked.map(({ body }) => body)).toEqual(['grant_type=refresh_token&refresh_token=r1&client_id=me']);
    expect(tokens(server).slice(-3)).toEqual(Array.from({ length: 3 }, () => `Bearer ${jwt(4e9, 'new')}`));
    const saved = await readFile(join(folder.path, 'kubeconfig'), 'utf8');
    expect(saved).toContain('refresh-token: r2');
    expect(saved).toContain(jwt(4e9, 'new'));
    expect(saved).toStartWith('# made by a test\n');
    expect(await failure(readFile(join(folder.path, 'kubeconfig.lock')), Error)).toMatchObject({ code: 'ENOENT' });
  });

  test.each([
    [
      'http://127.0.0.1:1/token',
      /^the OIDC login of user "test": https:.* wants it refreshed without encryption, at http:/,
    ],
    ['file:///etc/passwd', /does not say where to refresh it \(answer 200\)$/],
    ['no URL', /does not say where to refresh it \(answer 200\)$/],
  ])('oidc sends no token to %s, whatever the issuer says', async (endpoint, message) => {
    await using folder = await makeFolder();
    await using server = await startRecordingServer((_, response) => sendJson(response, { token_endpoint: endpoint }));
    using cluster = await connectAs(server, folder, login(server, 'client-secret: s, refresh-token: r1'));
    expect((await failure(cluster.request({ path }), ReloadError)).message).toMatch(message);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each(['no URL', 'ftp://127.0.0.1', ''])('oidc refuses the issuer %j', async (issuer) => {
    await using folder = await makeFolder();
    await using server = await startGuarded(() => true);
    const user = `{auth-provider: {name: oidc, config: {client-id: me, idp-issuer-url: "${issuer}", refresh-token: r1}}}`;
    using cluster = await connectAs(server, folder, user);
    expect((await failure(cluster.request({ path }), ReloadError)).message).toMatch(/idp-issuer-url/);
  });

  test('oidc sends the secret of the client in the body where the header does not do', async () => {
    await using folder = await makeFolder();
    await using server = await startIssuer(({ headers }) =>
      headers.authorization ? undefined : { id_token: jwt(4e9) },
    );
    using cluster = await connectAs(server, folder, login(server, 'client-secret: s, refresh-token: r1'));
    await cluster.request({ path });
    const asked = server.requests.filter((request) => request.path === '/idp/token');
    expect(asked.map(({ body }) => body)).toEqual([
      'grant_type=refresh_token&refresh_token=r1',
      'grant_type=refresh_token&refresh_token=r1&client_id=me&client_secret=s',
    ]);
  });

  test.each([
    ['id-token: x', 'No valid id-token, and cannot refresh without refresh-token'],
    ['refresh-token: r1', 'failed to refresh token: invalid_grant'],
  ])('oidc with %s says why it cannot log in', async (fields, why) => {
    await using folder = await makeFolder();
    await using server = await startIssuer(() => undefined);
    using cluster = await connectAs(server, folder, login(server, fields));
    expect((await failure(cluster.request({ path }), ReloadError)).message).toBe(
      `the OIDC login of user "test": ${why}`,
    );
  });
});
