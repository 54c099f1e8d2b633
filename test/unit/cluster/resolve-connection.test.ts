import { describe, expect, test } from 'bun:test';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionOptions, Environment } from '../../../src/cluster/connect.ts';
import { resolveConnection } from '../../../src/cluster/connect.ts';
import { ReloadError } from '../../../src/error.ts';
import { failure, makeEnvironment, makeFolder } from '../../support/connection.ts';

const usable = `
current-context: one
contexts: [{name: one, context: {cluster: one, user: one}}, {name: two, context: {cluster: two, user: two}}]
clusters: [{name: one, cluster: {server: "https://one"}}]
users: [{name: one, user: {token: t}}]
`;

/** What comes of one kubeconfig, or the error. */
async function resolveWith(
  kubeconfig: string | undefined,
  options: ConnectionOptions = {},
  changes: Partial<Environment> = {},
) {
  await using folder = await makeFolder();
  if (kubeconfig !== undefined) await folder.write('.kube/config', kubeconfig);
  return await resolveConnection(options, makeEnvironment(folder.path, changes));
}

async function problem(
  kubeconfig: string | undefined,
  options: ConnectionOptions = {},
  changes: Partial<Environment> = {},
) {
  const error = await failure(resolveWith(kubeconfig, options, changes), ReloadError);
  expect(error.hint).toBeTruthy();
  expect(error.exitCode).toBe(2);
  return error.message;
}

describe('a kubeconfig', () => {
  test('that is nowhere is asked for, with the places that were tried', async () => {
    expect(await problem(undefined)).toMatch(/^there is no kubeconfig: .*\/\.kube\/config not found$/);
    expect(await problem(undefined, {}, { env: { KUBECONFIG: '/gone/a:/gone/b' } })).toBe(
      'there is no kubeconfig: /gone/a, /gone/b not found',
    );
  });

  test('named by --kubeconfig must be there', async () => {
    expect(await problem(usable, { kubeconfig: 'gone' })).toBe(
      'error loading config file "gone": no such file or directory',
    );
  });

  test('that is a folder is refused, also in a list', async () => {
    expect(await problem(usable, { kubeconfig: '.kube' })).toBe('error loading config file ".kube": is a directory');
    expect(await problem(undefined, {}, { env: { KUBECONFIG: '/' } })).toBe(
      'error loading config file "/": is a directory',
    );
  });

  test('that may not be read is refused', async () => {
    await using folder = await makeFolder();
    const file = await folder.write('config', usable);
    await chmod(file, 0);
    const error = await resolveConnection({ kubeconfig: file }, makeEnvironment(folder.path)).catch(
      (thrown: unknown) => thrown,
    );
    // Root may read everything.
    if (process.getuid?.() === 0) expect(error).toMatchObject({ server: 'https://one' });
    else expect(error).toMatchObject({ message: `error loading config file "${file}": permission denied` });
  });

  test.each(['', '# nothing\n', '{}'])('with nothing in it (%j) has no context', async (text) => {
    expect(await problem(text)).toMatch(/^no context is chosen: .*config has no current-context$/);
  });

  test('with broken YAML is refused with file and line', async () => {
    expect(await problem('apiVersion: v1\nclusters:\n- name: a\n  cluster: {server: "x"\nusers: []\n')).toMatch(
      /^error loading config file ".*config": line [45]: /,
    );
  });

  test.each([
    ['kind: Pod', 'it is not a kubeconfig: its kind is Pod'],
    ['[]', 'the document must be a mapping, not a list'],
    ['users: [{name: a, user: {token: 123}}]', 'users[0].user.token must be a string, not a number'],
    [
      'clusters: [{name: a, cluster: {insecure-skip-tls-verify: "yes"}}]',
      'clusters[0].cluster.insecure-skip-tls-verify must be true or false, not a string',
    ],
    ['users: [{name: a}, {name: a}]', 'users holds the name "a" twice'],
    ['contexts: {a: b}', 'contexts must be a list, not a mapping'],
  ])('with %j is refused with what is wrong', async (text, message) => {
    expect(await problem(text)).toEndWith(`": ${message}`);
  });

  test('never shows a secret of a broken field', async () => {
    expect(await problem('users: [{name: a, user: {token: [s3cret]}}]')).not.toContain('s3cret');
  });
});

describe('a name that does not exist', () => {
  test.each([
    [{ context: 'x' }, 'context "x" does not exist'],
    [{ cluster: 'x' }, 'cluster "x" does not exist'],
    [{ user: 'x' }, 'user "x" does not exist'],
    [{ context: 'two' }, 'cluster "two", which context "two" names, does not exist'],
    [{ context: 'two', server: 'https://s' }, 'user "two", which context "two" names, does not exist'],
  ])('is refused for %j', async (options, message) => {
    expect(await problem(usable, options)).toBe(message);
  });

  test('in current-context is refused, even with --server', async () => {
    const text = usable.replace('current-context: one', 'current-context: x');
    expect(await problem(text, { server: 'https://s' })).toBe('context was not found for specified context: x');
  });

  test('is no matter when flags replace all of it', async () => {
    const found = await resolveWith(usable, { context: 'two', server: 'https://s:1/', token: 't' });
    expect([found.server, found.userEntry.token]).toEqual(['https://s:1', 't']);
  });

  test('is answered with the names that do', async () => {
    const error = await failure(resolveWith(usable, { context: 'x' }), ReloadError);
    expect(error.hint).toBe('name one of: one, two');
  });
});

describe('a contradiction', () => {
  const withUser = (fields: string) => usable.replace('{token: t}', fields);
  const withCluster = (fields: string) =>
    usable.replace('{server: "https://one"}', `{server: "https://one", ${fields}}`);
  const exec = (fields: string) =>
    withUser(`{exec: {command: c, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, ${fields}}}`);

  test.each([
    [
      withUser('{token: t, username: u}'),
      'more than one authentication method found for one; found [token basicAuth], only one is allowed',
    ],
    [
      withUser('{client-certificate-data: YQ==}'),
      'client-key-data or client-key must be specified for one to use the clientCert authentication method',
    ],
    [
      withUser('{client-certificate: /gone, client-key: /gone}'),
      'unable to read client-cert /gone for one: no such file or directory; unable to read client-key /gone for one: no such file or directory',
    ],
    [withUser('{tokenFile: /gone}'), 'unable to read tokenFile /gone for one: no such file or directory'],
    [withUser('{as-groups: [g]}'), 'requesting uid, groups or user-extra for one without impersonating a user (--as)'],
    [
      withCluster('certificate-authority: /gone'),
      'unable to read certificate-authority /gone for one: no such file or directory',
    ],
    [
      withCluster('certificate-authority-data: YQ==, insecure-skip-tls-verify: true'),
      'specifying a root certificates file with the insecure flag is not allowed',
    ],
    [
      withCluster('proxy-url: "ftp://x"'),
      'invalid proxy-url for cluster "one": it must be an http, https or socks5 URL',
    ],
    [exec('interactiveMode: ""'), 'interactiveMode must be specified for one to use exec authentication plugin'],
    [exec('interactiveMode: Sometimes'), 'invalid interactiveMode for one: "Sometimes"'],
    [exec('command: ""'), 'command must be specified for one to use exec authentication plugin'],
    [
      exec('apiVersion: client.authentication.k8s.io/v1alpha1'),
      'exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"',
    ],
    [exec('env: [{value: x}]'), 'env variable name must be specified for one to use exec authentication plugin'],
  ])('is refused: %#', async (text, message) => {
    expect(await problem(text)).toBe(`invalid configuration: ${message}`);
  });
});

describe('a server', () => {
  test.each([
    ['https://host:6443/', 'https://host:6443'],
    ['https://host/a/b/?x=1#y', 'https://host/a/b'],
    ['host:8080', 'http://host:8080'],
    ['https://[::1]:6443', 'https://[::1]:6443'],
    ['HTTPS://Host', 'https://host'],
  ])('%s is %s', async (server, base) => {
    expect((await resolveWith(undefined, { server })).server).toBe(base);
  });

  test.each(['ftp://host', 'host:8080/path', 'https://', 'a b'])('%s is refused', async (server) => {
    expect(await problem(undefined, { server })).toBe(`the server "${server}" must be a URL or a host:port pair`);
  });

  test('comes from KUBERNETES_MASTER when nothing else names one', async () => {
    const env = { KUBERNETES_MASTER: 'http://localhost:8080' };
    expect((await resolveWith(undefined, {}, { env })).server).toBe('http://localhost:8080');
    expect((await resolveWith(usable, {}, { env })).server).toBe('https://one');
  });
});

describe('inside a pod', () => {
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

  const inPod = async (options: ConnectionOptions, kubeconfig?: string, variables: Record<string, string> = {}) => {
    await using folder = await makeFolder();
    for (const [name, text] of [
      ['token', 'pod-token'],
      ['ca.crt', 'CA'],
      ['namespace', 'pod-namespace\n'],
    ] as const) {
      await folder.write(`account/${name}`, text);
    }
    if (kubeconfig) await folder.write('.kube/config', kubeconfig);
    const serviceAccountDirectory = join(folder.path, 'account');
    const found = await resolveConnection(
      options,
      makeEnvironment(folder.path, { env: { ...env, ...variables }, serviceAccountDirectory }),
    );
    const { server, namespace, context, clusterEntry, userEntry } = found;
    return {
      server,
      namespace,
      context,
      ca: clusterEntry['certificate-authority'].replace(serviceAccountDirectory, ''),
      token: userEntry.token || userEntry.tokenFile.replace(serviceAccountDirectory, ''),
      as: userEntry.as,
    };
  };

  test('without a kubeconfig, the service account is used', async () => {
    expect(await inPod({})).toEqual({
      server: 'https://[fd00::1]',
      namespace: 'pod-namespace',
      context: '',
      ca: '/ca.crt',
      token: '/token',
      as: '',
    });
  });

  test('flags overrule what the pod has', async () => {
    expect(await inPod({ namespace: 'n', token: 't', as: 'me' })).toMatchObject({
      namespace: 'n',
      token: 't',
      as: 'me',
    });
  });

  test('POD_NAMESPACE overrules the namespace of the service account', async () => {
    expect((await inPod({}, undefined, { POD_NAMESPACE: 'p' })).namespace).toBe('p');
  });

  test('a kubeconfig or --server is used instead, in the namespace of the pod', async () => {
    expect(await inPod({}, usable)).toMatchObject({ server: 'https://one', token: 't', namespace: 'pod-namespace' });
    expect(await inPod({ server: 'https://s' })).toMatchObject({ server: 'https://s', token: '', ca: '' });
  });

  test('without a token file it is as outside', async () => {
    expect(await problem(undefined, {}, { env })).toMatch(/^there is no kubeconfig/);
  });
});

describe('--request-timeout', () => {
  test.each([
    ['5', 5000],
    ['0', 0],
    ['5s', 5000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['-1s', 0],
    [undefined, 0],
  ])('%s is %d ms', async (requestTimeout, milliseconds) => {
    expect((await resolveWith(usable, { requestTimeout })).timeout).toBe(milliseconds);
  });

  test.each(['1x', 's', '5 s', '-1', '1d'])('%s is refused', async (requestTimeout) => {
    expect(await problem(usable, { requestTimeout })).toBe(`invalid timeout "${requestTimeout}"`);
  });
});
