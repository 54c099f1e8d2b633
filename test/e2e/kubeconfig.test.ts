import { beforeAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { delimiter, dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ConnectionOptions, Environment } from '../../src/cluster/connect.ts';
import { connect } from '../../src/cluster/connect.ts';
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts';
import { useCluster } from '../cluster/shared.ts';
import type { TestFolder } from '../support/connection.ts';
import { FAST_LIMITS, makeEnvironment, makeFolder } from '../support/connection.ts';
import type { RecordedRequest, RecordingServer } from '../support/recording-server.ts';
import {
  answerAsKubernetes,
  sendJson,
  startProxy,
  startRecordingServer,
  startSocksProxy,
} from '../support/recording-server.ts';

let kubectl: string;
beforeAll(async () => {
  kubectl = (await useCluster()).kubectl;
}, 3_600_000);

/** What the files of a pile are made of. */
interface Setting {
  server: RecordingServer;
  /** Another server with the same authority. */
  other: RecordingServer;
  /** A server without TLS. */
  plain: RecordingServer;
  folder: TestFolder;
  ca: string;
  client: { cert: string; key: string };
  proxy: { http: number; socks: number };
}

/** A pile of files, flags and variables. */
interface Pile {
  title: string;
  files?: (setting: Setting) => Record<string, string>;
  /** Names of files, in the order of the variable. */
  KUBECONFIG?: string[];
  /** File for `--kubeconfig`. */
  kubeconfig?: string;
  env?: (setting: Setting) => Record<string, string>;
  options?: (setting: Setting) => ConnectionOptions;
}

const base64 = (value: string) => Buffer.from(value).toString('base64');

const context = (name: string, fields: object) => ({ name, context: fields });
const cluster = (name: string, fields: object) => ({ name, cluster: fields });
const user = (name: string, fields: object) => ({ name, user: fields });
/** JSON is YAML as well. */
const config = (fields: object) => JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...fields });

/** A whole kubeconfig with one of each. */
const simple = (setting: Setting, userFields: object, clusterFields: object = {}, namespace?: string) =>
  config({
    'current-context': 'one',
    contexts: [context('one', { cluster: 'one', user: 'one', ...(namespace && { namespace }) })],
    clusters: [
      cluster('one', {
        server: setting.server.url,
        'certificate-authority-data': base64(setting.ca),
        ...clusterFields,
      }),
    ],
    users: [user('one', userFields)],
  });

const two = (setting: Setting) =>
  config({
    'current-context': 'one',
    contexts: [
      context('one', { cluster: 'one', user: 'one', namespace: 'first' }),
      context('two', { cluster: 'two', user: 'two', namespace: 'second' }),
    ],
    clusters: [
      cluster('one', { server: setting.server.url, 'certificate-authority-data': base64(setting.ca) }),
      cluster('two', {
        server: setting.other.url,
        'certificate-authority-data': base64(setting.ca),
        'tls-server-name': 'localhost',
      }),
    ],
    users: [user('one', { token: 'token-one' }), user('two', { token: 'token-two' })],
  });

const EXEC = 'client.authentication.k8s.io';
const plugin = `#!/bin/sh
echo "$KUBERNETES_EXEC_INFO" >> "$(dirname "$0")/exec-info"
printf '{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"exec-%s-%s"}}' "$1" "$2" "$EXTRA"
`;
const longLived = `e30.${Buffer.from(JSON.stringify({ exp: 4_000_000_000 })).toString('base64url')}.x`;
const expired = `e30.${Buffer.from(JSON.stringify({ exp: 1_000_000_000 })).toString('base64url')}.x`;

const piles: Pile[] = [
  { title: 'one file in the home folder', files: (s) => ({ '.kube/config': simple(s, { token: 't1' }) }) },
  { title: 'a namespace in the context', files: (s) => ({ '.kube/config': simple(s, { token: 't1' }, {}, 'shop') }) },
  {
    title: 'YAML with comments, anchors, merge keys and duplicate keys',
    files: (s) => ({
      '.kube/config': `# mine
apiVersion: v1
kind: Config
preferences: {}
x-cluster: &cluster
  server: ${s.server.url}
  certificate-authority-data: ${base64(s.ca)}
current-context: wrong
current-context: one
contexts:
- context: {cluster: one, user: one, namespace: "2020"}
  name: one
clusters:
- name: one
  cluster:
    <<: *cluster
    insecure-skip-tls-verify: no
users:
- name: one
  user:
    token: "0123"
`,
    }),
  },
  {
    title: 'YAML in brackets that are closed in the first column',
    files: (s) => ({
      '.kube/config': `current-context: one
contexts: [
  {name: one, context: {cluster: one, user: one}}
]
clusters: [
  {name: one, cluster: {server: "${s.server.url}", certificate-authority-data: "${base64(s.ca)}"}}
]
users: [
  {name: one, user: {token: t1}}
]
`,
    }),
  },
  {
    title: 'two files, of which the first current-context counts',
    files: (s) => ({ a: two(s), b: two(s).replace('"current-context":"one"', '"current-context":"two"') }),
    KUBECONFIG: ['a', 'b'],
  },
  {
    title: 'a first file without current-context',
    files: (s) => ({
      a: two(s).replace('"current-context":"one"', '"current-context":""'),
      b: config({ 'current-context': 'two' }),
    }),
    KUBECONFIG: ['a', 'b'],
  },
  {
    title: 'duplicate entries, of which the first wins whole',
    files: (s) => ({
      a: config({
        'current-context': 'one',
        users: [user('one', { token: 'first' })],
        contexts: [context('one', { cluster: 'one', user: 'one' })],
      }),
      b: simple(s, { token: 'second', as: 'nobody' }, {}, 'never'),
    }),
    KUBECONFIG: ['a', 'b'],
  },
  {
    title: 'missing, empty and repeated files in the list',
    files: (s) => ({ empty: '', c: simple(s, { token: 't3' }) }),
    KUBECONFIG: ['gone', 'empty', 'c', 'c', 'gone/too'],
  },
  {
    title: '--kubeconfig before KUBECONFIG',
    files: (s) => ({ a: simple(s, { token: 'from-a' }), b: simple(s, { token: 'from-b' }) }),
    KUBECONFIG: ['a'],
    kubeconfig: 'b',
  },
  {
    title: 'relative paths in files of several folders',
    files: (s) => ({
      'deep/er/a': config({
        'current-context': 'one',
        contexts: [context('one', { cluster: 'one', user: 'one' })],
        users: [user('one', { 'client-certificate': 'pki/client.crt', 'client-key': '../client.key' })],
      }),
      'deep/er/pki/client.crt': s.client.cert,
      'deep/client.key': s.client.key,
      'side/b': config({ clusters: [cluster('one', { server: s.server.url, 'certificate-authority': './ca.crt' })] }),
      'side/ca.crt': s.ca,
    }),
    KUBECONFIG: ['deep/er/a', 'side/b'],
  },
  {
    title: 'a client certificate as data',
    files: (s) => ({
      '.kube/config': simple(s, {
        'client-certificate-data': base64(s.client.cert),
        'client-key-data': base64(s.client.key),
      }),
    }),
  },
  {
    title: 'a client certificate and a token together',
    files: (s) => ({
      '.kube/config': simple(s, {
        token: 'both',
        'client-certificate-data': base64(s.client.cert),
        'client-key-data': base64(s.client.key),
      }),
    }),
  },
  {
    title: 'user name and password',
    files: (s) => ({ '.kube/config': simple(s, { username: 'jürgen', password: 'a:b' }) }),
  },
  {
    title: 'a token file beside a token',
    files: (s) => ({
      '.kube/config': simple(s, { token: 'inline', tokenFile: 'token' }),
      '.kube/token': 'from-file\n',
    }),
  },
  {
    title: 'a token file that is not there beside a token',
    files: (s) => ({ '.kube/config': simple(s, { token: 'inline', tokenFile: 'gone' }) }),
  },
  {
    title: '--token with a token file',
    files: (s) => ({ '.kube/config': simple(s, { tokenFile: 'token' }), '.kube/token': ' from-file ' }),
    options: () => ({ token: 'from-flag' }),
  },
  {
    title: '--token in place of a token',
    files: (s) => ({ '.kube/config': simple(s, { token: 'inline' }) }),
    options: () => ({ token: 'from-flag' }),
  },
  { title: '--context', files: (s) => ({ '.kube/config': two(s) }), options: () => ({ context: 'two' }) },
  { title: '--cluster', files: (s) => ({ '.kube/config': two(s) }), options: () => ({ cluster: 'two' }) },
  { title: '--user', files: (s) => ({ '.kube/config': two(s) }), options: () => ({ user: 'two' }) },
  { title: '--namespace', files: (s) => ({ '.kube/config': two(s) }), options: () => ({ namespace: 'flag' }) },
  {
    title: '--server, which drops the tls-server-name of the entry',
    files: (s) => ({ '.kube/config': two(s) }),
    options: (s) => ({ context: 'two', server: s.server.url }),
  },
  {
    title: '--server with a path',
    files: (s) => ({ '.kube/config': two(s) }),
    options: (s) => ({ server: `${s.server.url}/k8s/clusters/c-1/?x=y` }),
  },
  {
    title: '--tls-server-name',
    files: (s) => ({ '.kube/config': simple(s, { token: 't' }) }),
    options: () => ({ tlsServerName: 'localhost' }),
  },
  {
    title: '--certificate-authority over insecure-skip-tls-verify',
    files: (s) => ({
      '.kube/config': simple(
        s,
        { token: 't' },
        { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true },
      ),
      'ca.crt': s.ca,
    }),
    options: () => ({ certificateAuthority: 'ca.crt' }),
  },
  {
    title: '--insecure-skip-tls-verify over certificate-authority-data',
    files: (s) => ({
      '.kube/config': simple(s, { token: 't' }, { 'certificate-authority-data': base64(s.client.cert) }),
    }),
    options: () => ({ insecureSkipTlsVerify: true }),
  },
  {
    title: '--client-certificate and --client-key over data',
    files: (s) => ({
      '.kube/config': simple(s, { 'client-certificate-data': base64('x'), 'client-key-data': base64('y') }),
      'my.crt': s.client.cert,
      'my.key': s.client.key,
    }),
    options: () => ({ clientCertificate: 'my.crt', clientKey: 'my.key' }),
  },
  {
    title: 'flags alone, without a kubeconfig',
    files: (s) => ({ 'ca.crt': s.ca }),
    options: (s) => ({ server: s.server.url, certificateAuthority: 'ca.crt', token: 'alone', namespace: 'x' }),
  },
  {
    title: 'impersonation in the file',
    files: (s) => ({
      '.kube/config': simple(s, {
        token: 't',
        as: 'jürgen',
        'as-uid': '7',
        'as-groups': ['dev', 'ops'],
        'as-user-extra': { scopes: ['a', 'b'], 'acme.com/Päth%': ['c'] },
      }),
    }),
  },
  {
    title: 'impersonation by flags, over the file',
    files: (s) => ({
      '.kube/config': simple(s, { token: 't', as: 'a', 'as-groups': ['x'], 'as-user-extra': { k: ['1'], l: ['2'] } }),
    }),
    options: () => ({
      as: 'system:serviceaccount:a:b',
      asGroup: ['g', 'h'],
      asUid: 'u',
      asUserExtra: ['k=3', 'k=4=5', 'none'],
    }),
  },
  {
    title: 'plain http, to which no credentials are sent',
    files: (s) => ({ '.kube/config': simple(s, { token: 't', as: 'me' }, { server: s.plain.url }) }),
  },
  {
    title: 'a server without a scheme, which means plain http',
    files: (s) => ({ '.kube/config': simple(s, { token: 't' }, {}, 'shop') }),
    options: (s) => ({ server: `localhost:${s.plain.port}` }),
  },
  {
    title: 'plain http through an http proxy, which asks in our place',
    files: (s) => ({
      '.kube/config': simple(
        s,
        { token: 't' },
        { server: `http://kube.test:${s.plain.port}`, 'proxy-url': `http://me:pass@127.0.0.1:${s.proxy.http}` },
      ),
    }),
  },
  {
    title: 'proxy-url with a user and password',
    files: (s) => ({
      '.kube/config': simple(s, { token: 't' }, { 'proxy-url': `http://me:p%40ss@127.0.0.1:${s.proxy.http}` }),
    }),
  },
  {
    title: 'a socks5 proxy-url',
    files: (s) => ({
      '.kube/config': simple(
        s,
        { token: 't' },
        {
          server: `https://kube.test:${s.server.port}`,
          'tls-server-name': 'localhost',
          'proxy-url': `socks5://127.0.0.1:${s.proxy.socks}`,
        },
      ),
    }),
  },
  {
    title: 'HTTPS_PROXY',
    files: (s) => ({
      '.kube/config': simple(
        s,
        { token: 't' },
        { server: `https://kube.test:${s.server.port}`, 'tls-server-name': 'localhost' },
      ),
    }),
    env: (s) => ({
      HTTPS_PROXY: `127.0.0.1:${s.proxy.http}`,
      https_proxy: 'http://127.0.0.1:1',
      NO_PROXY: 'test.,other.test',
    }),
  },
  {
    title: 'https_proxy, which is never used for loopback',
    files: (s) => ({ '.kube/config': simple(s, { token: 't' }) }),
    env: (s) => ({ https_proxy: `http://127.0.0.1:${s.proxy.http}` }),
  },
  ...['v1', 'v1beta1'].map((version) => ({
    title: `an exec plugin of ${version} that is told the cluster`,
    files: (s: Setting) => ({
      '.kube/config': simple(
        s,
        {
          exec: {
            apiVersion: `${EXEC}/${version}`,
            command: './bin/plugin',
            args: [`${EXEC}/${version}`, 'arg'],
            env: [{ name: 'EXTRA', value: 'extra' }],
            provideClusterInfo: true,
            ...(version === 'v1' && { interactiveMode: 'Never' }),
          },
        },
        {
          'tls-server-name': 'localhost',
          'disable-compression': true,
          extensions: [{ name: `${EXEC}/exec`, extension: { audience: 'me', list: [1, { a: null }] } }],
        },
      ),
      '.kube/bin/plugin': plugin,
    }),
  })),
  {
    title: 'an exec plugin that is found in PATH and told no cluster',
    files: (s) => ({
      '.kube/config': simple(s, {
        exec: {
          apiVersion: `${EXEC}/v1`,
          command: 'my-plugin',
          args: [`${EXEC}/v1`, 'path'],
          env: null,
          interactiveMode: 'IfAvailable',
        },
      }),
      'path/my-plugin': plugin,
    }),
    env: (s) => ({ PATH: `${s.folder.path}/path${delimiter}${process.env.PATH}` }),
  },
  {
    title: 'an exec plugin that is not run beside a client certificate',
    files: (s) => ({
      '.kube/config': simple(s, {
        'client-certificate-data': base64(s.client.cert),
        'client-key-data': base64(s.client.key),
        exec: { apiVersion: `${EXEC}/v1`, command: 'gone', interactiveMode: 'Never' },
      }),
    }),
  },
  {
    title: 'an OIDC login that is still valid',
    files: (s) => ({
      '.kube/config': simple(s, {
        'auth-provider': {
          name: 'oidc',
          config: { 'client-id': 'me', 'idp-issuer-url': s.server.url, 'id-token': longLived },
        },
      }),
    }),
  },
  {
    title: 'an OIDC login that is refreshed and saved',
    files: (s) => ({
      '.kube/config': simple(s, {
        'auth-provider': {
          name: 'oidc',
          config: {
            'client-id': 'me',
            'client-secret': 's&cret',
            'idp-issuer-url': `${s.server.url}/idp`,
            'idp-certificate-authority-data': base64(s.ca),
            'id-token': expired,
            'refresh-token': 'refresh-1',
          },
        },
      }),
    }),
  },
];

describe('connects as kubectl does, given', () => {
  for (const pile of piles) {
    test(pile.title, async () => {
      const theirs = await runPile(pile, { view: viewByKubectl, ask: askByKubectl });
      const ours = await runPile(pile, { view: viewOurs, ask: askOurselves });
      // A pile that kubectl cannot use would prove nothing.
      expect([...theirs.requests, ...theirs.other]).not.toEqual([]);
      expect(ours).toEqual(theirs);
    }, 60_000);
  }
});

/** A pile laid out on disk. */
interface Place {
  options: ConnectionOptions;
  environment: Environment;
}

/** kubectl, or ourselves. */
interface Party {
  /** The chosen entries of the kubeconfig, before any flag but `--kubeconfig` and `--context`. */
  view: (place: Place) => Promise<unknown>;
  /** Asks for the ConfigMaps of the namespace. */
  ask: (place: Place) => Promise<void>;
}

async function runPile(pile: Pile, party: Party) {
  await using folder = await makeFolder();
  await using server = await startRecordingServer(respond);
  const { authority } = server;
  await using other = await startRecordingServer(respond, { authority });
  await using plain = await startRecordingServer(respond, { tls: false });
  await using http = await startProxy();
  await using socks = await startSocksProxy();
  const client = authority.issueClient('jane', ['dev']);
  const proxy = { http: http.port, socks: socks.port };
  const setting: Setting = { server, other, plain, folder, ca: authority.cert, client, proxy };
  for (const [name, content] of Object.entries(pile.files?.(setting) ?? {})) await folder.write(name, content, 0o700);

  const path = (name: string) => resolve(folder.path, name);
  const env = {
    PATH: process.env.PATH,
    HOME: folder.path,
    ...(pile.KUBECONFIG && { KUBECONFIG: pile.KUBECONFIG.map(path).join(delimiter) }),
    ...pile.env?.(setting),
  };
  const options = { ...pile.options?.(setting), ...(pile.kubeconfig && { kubeconfig: path(pile.kubeconfig) }) };
  const place = { options, environment: makeEnvironment(folder.path, { env }) };
  const view = await party.view(place);
  await party.ask(place);

  const seen = {
    view,
    requests: server.requests.filter(isAnswer).map(describeRequest),
    other: [...other.requests, ...plain.requests].filter(isAnswer).map(describeRequest),
    proxies: describeProxied([...http.requests, ...socks.requests]),
    refreshes: server.requests.filter((request) => request.path === '/idp/token').map(describeRefresh),
    execInfo: (await readFile(path('.kube/bin/exec-info'), 'utf8').catch(() => '')).split('\n')[0],
    saved: await viewByKubectl(place),
  };
  // Ports, folders and authorities differ from run to run.
  const changing: [string, string][] = [
    [folder.path, 'FOLDER'],
    [`:${server.port}`, ':PORT'],
    [`:${other.port}`, ':OTHER'],
    [`:${plain.port}`, ':PLAIN'],
    [`:${http.port}`, ':PROXY'],
    [`:${socks.port}`, ':SOCKS'],
    [base64(authority.cert), 'AUTHORITY'],
    [base64(client.cert), 'CERTIFICATE'],
    [base64(client.key), 'KEY'],
  ];
  const leveled: typeof seen = JSON.parse(
    changing.reduce((json, [from, to]) => json.replaceAll(from, to), JSON.stringify(seen)),
  );
  return leveled;
}

function respond(request: RecordedRequest, response: ServerResponse): void {
  const host = request.headers.host?.[0];
  const tokens = { id_token: longLived, refresh_token: 'refresh-2', access_token: 'a', token_type: 'Bearer' };
  if (request.path === '/idp/token') sendJson(response, tokens);
  else if (!request.path.startsWith('/idp/')) answerAsKubernetes(request, response);
  else sendJson(response, { token_endpoint: `https://${host}/idp/token` });
}

const isAnswer = ({ path }: RecordedRequest) => path.endsWith('/configmaps');

/** kubectl asks what there is first, in pages, and on more connections. */
function describeProxied(lines: string[]): string[] {
  const asked = lines.filter((line) => !/\/apis?(\/v1)?\?/.test(line)).map((line) => line.replace('?limit=500', ''));
  return [...new Set(asked)];
}

function describeRequest({ path, headers, serverName, user: subject }: RecordedRequest) {
  const identity = Object.entries(headers)
    .filter(([name]) => name === 'authorization' || name.startsWith('impersonate-'))
    .sort(([one], [two]) => one.localeCompare(two));
  return { path, serverName, subject, identity, gzip: headers['accept-encoding']?.includes('gzip') ?? false };
}

const describeRefresh = ({ headers, body }: RecordedRequest) => ({
  authorization: headers.authorization,
  body: Object.fromEntries(new URLSearchParams(body)),
});

const FLAGS: Record<Exclude<keyof ConnectionOptions, 'insecureSkipTlsVerify' | 'disableCompression'>, string> = {
  kubeconfig: 'kubeconfig',
  context: 'context',
  cluster: 'cluster',
  user: 'user',
  server: 'server',
  token: 'token',
  username: 'username',
  password: 'password',
  namespace: 'namespace',
  as: 'as',
  asGroup: 'as-group',
  asUid: 'as-uid',
  asUserExtra: 'as-user-extra',
  requestTimeout: 'request-timeout',
  certificateAuthority: 'certificate-authority',
  clientCertificate: 'client-certificate',
  clientKey: 'client-key',
  tlsServerName: 'tls-server-name',
};

function toFlags(options: ConnectionOptions): string[] {
  const flags = Object.entries(FLAGS).flatMap(([name, flag]) => {
    const value: unknown = Object.entries(options).find(([option]) => option === name)?.[1];
    return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => `--${flag}=${one}`);
  });
  return options.insecureSkipTlsVerify ? [...flags, '--insecure-skip-tls-verify'] : flags;
}

async function runKubectl(
  args: string[],
  { env, cwd }: Environment,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(kubectl, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, code] = await Promise.all([
    text(Readable.from(child.stdout)),
    text(Readable.from(child.stderr)),
    new Promise<number>((done) => child.on('close', (exit) => done(exit ?? -1))),
  ]);
  return { code, stdout, stderr };
}

async function askByKubectl({ options, environment }: Place): Promise<void> {
  const got = await runKubectl([...toFlags(options), 'get', 'configmaps'], environment);
  expect(got.stderr.replace(/^No resources found.*\n/, '')).toBe('');
}

async function askOurselves({ options, environment }: Place): Promise<void> {
  const ours = await connect(options, environment, FAST_LIMITS);
  try {
    await ours.request({ path: `/api/v1/namespaces/${ours.namespace}/configmaps` });
  } finally {
    ours.close();
  }
}

const NO_CONTEXT = 'no context';
const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile', 'command'];

/** `kubectl config view` shows paths as the files have them: here they are made absolute, from the folder where they lead to something. */
async function viewByKubectl({ options, environment }: Place): Promise<unknown> {
  const flags = toFlags({ kubeconfig: options.kubeconfig, context: options.context });
  const shown = await runKubectl(['config', 'view', '--minify', '--raw', '-o', 'json', ...flags], environment);
  if (shown.code !== 0) return NO_CONTEXT;
  const files = options.kubeconfig ?? environment.env.KUBECONFIG ?? resolve(environment.homedir, '.kube/config');
  const folders = files.split(delimiter).map((file) => dirname(file));
  const absolute = (path: string) => {
    const candidates = folders.map((folder) => resolve(folder, path));
    return candidates.find((candidate) => existsSync(candidate)) ?? candidates[0];
  };
  const isPath = (name: string, value: unknown): value is string =>
    PATHS.includes(name) && typeof value === 'string' && (name !== 'command' || value.includes('/'));
  const { kind, apiVersion, preferences, ...entries } = JSON.parse(shown.stdout, (name, value) =>
    isPath(name, value) ? absolute(value) : value,
  );
  return withoutEmpty(entries);
}

async function viewOurs({ options, environment }: Place): Promise<unknown> {
  const { config: loaded } = await loadKubeconfig(options, environment);
  const name = options.context || loaded.currentContext;
  const chosen = loaded.contexts.get(name);
  if (!chosen) return NO_CONTEXT;
  const { execExtension, ...clusterFields } = loaded.clusters.get(chosen.cluster) ?? {};
  const { file: _, ...userFields } = loaded.users.get(chosen.user) ?? {};
  const extensions = execExtension === undefined ? [] : [{ name: `${EXEC}/exec`, extension: execExtension }];
  return withoutEmpty({
    'current-context': name,
    contexts: [context(name, chosen)],
    clusters: [cluster(chosen.cluster, { ...clusterFields, extensions })],
    users: [user(chosen.user, userFields)],
  });
}

/** Without what is absent, empty or false. */
function withoutEmpty(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_name, field) => {
    const isEmpty = !field || (typeof field === 'object' && Object.keys(field).length === 0);
    return isEmpty ? undefined : field;
  });
}
