import { readFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { ReloadError } from '../error.ts';
import type { ConnectionOptions, Environment } from './environment.ts';
import { isNotFound, readableCause } from './file-error.ts';
import { findHome } from './find-home.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { emptyKubeconfig, readKubeconfig } from './kubeconfig.ts';

/** The merged kubeconfig, and where it was looked for. */
export interface LoadedKubeconfig {
  config: Kubeconfig;
  /** Every file that was tried, in order. */
  searched: string[];
  /** Those of them that were there. */
  found: string[];
}

/**
 * Reads and merges kubeconfig files as kubectl does: `--kubeconfig` alone, else the list in `KUBECONFIG` without those
 * that are missing, else `~/.kube/config`. The first definition of a name wins, and so does the first current-context.
 * Relative paths inside a file become absolute, from that file's folder.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 * @throws ReloadError naming the file (and the line, where it has one) that cannot be used
 */
export async function loadKubeconfig(options: ConnectionOptions, environment: Environment): Promise<LoadedKubeconfig> {
  const merged = emptyKubeconfig();
  const searched = await listFiles(options, environment);
  const found: string[] = [];
  for (const file of searched) {
    const config = await readKubeconfigFile(resolve(environment.cwd, file), file, options.kubeconfig === file);
    if (!config) continue;
    found.push(file);
    merged.currentContext ||= config.currentContext;
    addMissing(merged.contexts, config.contexts);
    addMissing(merged.clusters, config.clusters);
    addMissing(merged.users, config.users);
  }
  return { config: merged, searched, found };
}

async function listFiles(options: ConnectionOptions, environment: Environment): Promise<string[]> {
  const { env } = environment;
  if (options.kubeconfig) return [options.kubeconfig];
  if (!env.KUBECONFIG) return [join(await findHome(environment), '.kube', 'config')];
  return [...new Set(env.KUBECONFIG.split(delimiter).filter(Boolean))];
}

function addMissing<T>(target: Map<string, T>, source: Map<string, T>): void {
  for (const [name, entry] of source) if (!target.has(name)) target.set(name, entry);
}

async function readKubeconfigFile(path: string, shown: string, required: boolean): Promise<Kubeconfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isNotFound(error) && !required) return undefined;
    throw new ReloadError(`error loading config file "${shown}": ${readableCause(error)}`, {
      hint: 'check --kubeconfig and KUBECONFIG: each names a kubeconfig file that you may read',
      cause: error,
    });
  }
  try {
    return resolvePaths(readKubeconfig(await parseDocument(text), path), dirname(path));
  } catch (error) {
    if (!(error instanceof ReloadError)) throw error;
    throw new ReloadError(`error loading config file "${shown}": ${error.message}`, {
      hint: 'mend the file, or name another with --kubeconfig',
    });
  }
}

/** Far more than all clusters of a company take, and little enough for the parser. */
const LARGEST = 16 * 1024 * 1024;
/** More than anyone writes; each may stand for many values. */
const MOST_ALIASES = 10_000;

/**
 * The first document of a YAML or JSON text, read as kubectl reads it. The last of duplicate keys counts.
 * @throws ReloadError in words that repeat nothing of the text: it may be a token or a key
 */
async function parseDocument(text: string): Promise<unknown> {
  if (!text.trim()) return undefined;
  if (text.length > LARGEST) throw new ReloadError(`it is larger than ${LARGEST / 1024 / 1024} MiB`);
  const [{ loadAll }, { makeSchema }] = await Promise.all([import('js-yaml'), import('../objects/yaml-schema.ts')]);
  try {
    return loadAll(text, { schema: makeSchema(), json: true, maxAliases: MOST_ALIASES })[0];
  } catch {
    return parseLeniently(text);
  }
}

/** With a slower parser, which as kubectl takes a bracket that is closed in the first column, and says where a mistake is. */
async function parseLeniently(text: string): Promise<unknown> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lineCounter = new LineCounter();
  try {
    const documents = parseAllDocuments(text, {
      lineCounter,
      uniqueKeys: false,
      merge: true,
      prettyErrors: false,
      // A warning of the parser goes straight to the terminal, with a part of the text.
      logLevel: 'error',
    });
    const document = Array.isArray(documents) ? documents[0] : undefined;
    const error = document?.errors[0];
    // What stands in quotes or behind a colon is from the text.
    const describe = (message: string) => message.replace(/ ?(["!(\\]|(?<=\w): ).*$/s, '');
    if (error) throw new ReloadError(`line ${lineCounter.linePos(error.pos[0]).line}: ${describe(error.message)}`);
    return document?.toJS();
  } catch (error) {
    if (error instanceof ReloadError) throw error;
    throw new ReloadError('its values are nested too deep, or it has aliases (*) that lead nowhere or to too much');
  }
}

function resolvePaths(config: Kubeconfig, folder: string): Kubeconfig {
  const absolute = (path: string) => (path && !isAbsolute(path) ? join(folder, path) : path);
  for (const cluster of config.clusters.values()) {
    cluster['certificate-authority'] = absolute(cluster['certificate-authority']);
  }
  for (const user of config.users.values()) {
    user['client-certificate'] = absolute(user['client-certificate']);
    user['client-key'] = absolute(user['client-key']);
    user.tokenFile = absolute(user.tokenFile);
    // A bare name is looked up in PATH.
    if (user.exec?.command.includes(sep)) user.exec.command = absolute(user.exec.command);
  }
  return config;
}
