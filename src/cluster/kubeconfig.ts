import { ReloadError } from '../error.ts';
import type { Fields } from './fields.ts';
import { readFields } from './fields.ts';

/**
 * A kubeconfig in its own words; '' , `false` and `[]` stand for what is absent, as in kubectl.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export interface Kubeconfig {
  currentContext: string;
  contexts: Map<string, KubeconfigContext>;
  clusters: Map<string, KubeconfigCluster>;
  users: Map<string, KubeconfigUser>;
}

/** A context: which cluster, as which user, in which namespace. */
export interface KubeconfigContext {
  cluster: string;
  user: string;
  namespace: string;
}

/** How to reach an API server. */
export interface KubeconfigCluster {
  server: string;
  'tls-server-name': string;
  'insecure-skip-tls-verify': boolean;
  'certificate-authority': string;
  /** Base64 of PEM. */
  'certificate-authority-data': string;
  'proxy-url': string;
  'disable-compression': boolean;
  /** The extension `client.authentication.k8s.io/exec`: what exec plugins get as `config`. */
  execExtension: unknown;
}

/** Who asks. */
export interface KubeconfigUser {
  'client-certificate': string;
  /** Base64 of PEM. */
  'client-certificate-data': string;
  'client-key': string;
  /** Base64 of PEM. */
  'client-key-data': string;
  token: string;
  tokenFile: string;
  as: string;
  'as-uid': string;
  'as-groups': string[];
  'as-user-extra': Record<string, string[]>;
  username: string;
  password: string;
  'auth-provider': KubeconfigAuthProvider | undefined;
  exec: KubeconfigExec | undefined;
  /** The file that holds this entry; '' for one that was put together here. */
  file: string;
}

/** A login that was built into kubectl; only `oidc` is left. */
export interface KubeconfigAuthProvider {
  name: string;
  config: Record<string, string>;
}

/** A program that gives credentials. */
export interface KubeconfigExec {
  command: string;
  args: string[];
  env: { name: string; value: string }[];
  apiVersion: string;
  installHint: string;
  provideClusterInfo: boolean;
  interactiveMode: string;
}

const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';
/** Versions of exec plugins that need not say whether they ask questions. */
const OPTIONAL_MODE = ['client.authentication.k8s.io/v1beta1', 'client.authentication.k8s.io/v1alpha1'];

/** The kubeconfig with nothing in it. */
export function emptyKubeconfig(): Kubeconfig {
  return { currentContext: '', contexts: new Map(), clusters: new Map(), users: new Map() };
}

/**
 * Reads a parsed kubeconfig document.
 * @param file what its user entries give as their file
 * @throws ReloadError naming the field that has a wrong type
 */
export function readKubeconfig(document: unknown, file: string): Kubeconfig {
  if (document === null || document === undefined) return emptyKubeconfig();
  const fields = readFields(document);
  const kind = fields.text('kind');
  if (kind && kind !== 'Config') throw new ReloadError(`it is not a kubeconfig: its kind is ${kind}`);
  return {
    currentContext: fields.text('current-context'),
    contexts: readNamed(fields, 'contexts', 'context', readContext),
    clusters: readNamed(fields, 'clusters', 'cluster', readCluster),
    users: readNamed(fields, 'users', 'user', (user) => readUser(user, file)),
  };
}

function readNamed<T>(fields: Fields, list: string, key: string, read: (entry: Fields) => T): Map<string, T> {
  const entries = new Map<string, T>();
  for (const entry of fields.list(list)) {
    const name = entry.text('name');
    if (entries.has(name)) throw new ReloadError(`${list} holds the name "${name}" twice`);
    entries.set(name, read(entry.fields(key) ?? readFields({}, key)));
  }
  return entries;
}

function readContext(fields: Fields): KubeconfigContext {
  return { cluster: fields.text('cluster'), user: fields.text('user'), namespace: fields.text('namespace') };
}

/** A cluster entry from its fields; of no fields the empty entry. */
export function readCluster(fields: Fields): KubeconfigCluster {
  return {
    server: fields.text('server'),
    'tls-server-name': fields.text('tls-server-name'),
    'insecure-skip-tls-verify': fields.flag('insecure-skip-tls-verify'),
    'certificate-authority': fields.text('certificate-authority'),
    'certificate-authority-data': fields.text('certificate-authority-data'),
    'proxy-url': fields.text('proxy-url'),
    'disable-compression': fields.flag('disable-compression'),
    execExtension: fields
      .list('extensions')
      .find((entry) => entry.text('name') === EXEC_EXTENSION)
      ?.raw('extension'),
  };
}

/** A user entry from its fields; of no fields the empty entry. */
export function readUser(fields: Fields, file: string): KubeconfigUser {
  const provider = fields.fields('auth-provider');
  const exec = fields.fields('exec');
  return {
    'client-certificate': fields.text('client-certificate'),
    'client-certificate-data': fields.text('client-certificate-data'),
    'client-key': fields.text('client-key'),
    'client-key-data': fields.text('client-key-data'),
    token: fields.text('token'),
    tokenFile: fields.text('tokenFile'),
    as: fields.text('as'),
    'as-uid': fields.text('as-uid'),
    'as-groups': fields.texts('as-groups'),
    'as-user-extra': readEach(fields.fields('as-user-extra'), (extra, name) => extra.texts(name)),
    username: fields.text('username'),
    password: fields.text('password'),
    'auth-provider': provider && {
      name: provider.text('name'),
      config: readEach(provider.fields('config'), (config, name) => config.text(name)),
    },
    exec: exec && readExec(exec),
    file,
  };
}

function readExec(fields: Fields): KubeconfigExec {
  const apiVersion = fields.text('apiVersion');
  return {
    command: fields.text('command'),
    args: fields.texts('args'),
    env: fields.list('env').map((variable) => ({ name: variable.text('name'), value: variable.text('value') })),
    apiVersion,
    installHint: fields.text('installHint'),
    provideClusterInfo: fields.flag('provideClusterInfo'),
    interactiveMode: fields.text('interactiveMode') || (OPTIONAL_MODE.includes(apiVersion) ? 'IfAvailable' : ''),
  };
}

function readEach<T>(fields: Fields | undefined, read: (fields: Fields, name: string) => T): Record<string, T> {
  return Object.fromEntries(fields?.names().map((name) => [name, read(fields, name)]) ?? []);
}
