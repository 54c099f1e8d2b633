import type { Cluster } from '../src/cluster/cluster.ts';
import { collectObjects } from '../src/cluster/collect.ts';
import { connect } from '../src/cluster/connect.ts';
import { ReloadError } from '../src/error.ts';
import { buildGraph } from '../src/graph/graph.ts';
import type { Selection } from '../src/graph/select.ts';
import { selectTargets } from '../src/graph/select.ts';
import type { Graph, Unseen } from '../src/types.ts';
import { escapeLines } from '../src/view/text.ts';
import { connectionEnvironment } from './connection.ts';
import type { GlobalFlags } from './flags.ts';
import type { Streams } from './streams.ts';
import type { Target } from './targets.ts';
import { parseTargets } from './targets.ts';

/** What a command works on: the graph of its scope, and the part of it that the user means. */
export interface Scope {
  cluster: Cluster;
  graph: Graph;
  selection: Selection;
  /** '' for all namespaces. */
  namespace: string;
  /** Why nothing is meant, as a clause; '' where something is. */
  unmatched: string;
}

/**
 * Connects, reads the namespace (or all) and finds the targets.
 * What may not be read is said on stderr.
 */
export async function readScope(
  words: readonly string[],
  flags: GlobalFlags & { all?: boolean },
  streams: Streams,
): Promise<Scope> {
  const targets = readTargets(words, flags);
  const cluster = await connect(flags, connectionEnvironment(flags, streams));
  try {
    const namespace = flags.allNamespaces === true ? '' : cluster.namespace;
    const objects = await collectObjects(cluster, { namespace, all: flags.all === true, signal: streams.interrupted });
    const graph = buildGraph(objects, { all: flags.all === true });
    for (const line of describeUnseen(graph.unseen)) streams.stderr.write(`warning: ${escapeLines(line)}\n`);
    const selection = selectTargets(graph, targets, flags.selector);
    const unmatched = explainUnmatched(words, flags, selection, describePlace(namespace));
    return { cluster, graph, selection, namespace, unmatched };
  } catch (error) {
    cluster.close();
    throw error;
  }
}

/** @throws ReloadError for targets that cannot be read, or not in all namespaces */
export function readTargets(words: readonly string[], flags: GlobalFlags): Target[] {
  const targets = parseTargets(words);
  if (flags.allNamespaces === true && targets.some(({ name }) => name !== null)) {
    throw new ReloadError('a name cannot be looked up in all namespaces', {
      hint: 'Give the namespace with -n, or the type alone with -A.',
    });
  }
  return targets;
}

/** Why a selection is empty: `no workload in namespace shop matches the selector app=web`; '' when it is not. */
export function explainUnmatched(
  words: readonly string[],
  { selector = '' }: GlobalFlags,
  { everything, named, inferred, configs }: Selection,
  where: string,
): string {
  if (everything || named.length + inferred.length + configs.length > 0) return '';
  const what = words.length === 0 ? 'workload' : words.join(' ');
  return selector === '' ? `there is no ${what} ${where}` : `no ${what} ${where} matches the selector ${selector}`;
}

/** `in namespace shop`; '' is all of them. */
export function describePlace(namespace: string): string {
  return namespace === '' ? 'in any namespace' : `in namespace ${namespace}`;
}

/** True where not all targets were spelt out by name, so that a person should look at the plan first. */
export function isInferred({ selection }: Pick<Scope, 'selection'>): boolean {
  return selection.inferred.length > 0 || selection.configs.length > 0;
}

/** A sentence for each kind that could not be read. */
export function describeUnseen(unseen: readonly Unseen[]): string[] {
  return unseen.map(({ message, kind }) => `nothing is said of any ${kind}: ${message}`).sort();
}

/**
 * The flags that lead a printed command back to the same place, as the same user, each with a blank before it. A token stands there
 * without its value.
 */
export function scopeFlags(flags: GlobalFlags): string {
  const pairs: [string, string | boolean | undefined][] = [
    ['--kubeconfig', flags.kubeconfig],
    ['--context', flags.context],
    ['--cluster', flags.cluster],
    ['--user', flags.user],
    ['--server', flags.server],
    ['--token', flags.token === undefined ? undefined : '...'],
    ['--as', flags.as],
    ...(flags.asGroup ?? []).map((group): [string, string] => ['--as-group', group]),
    ['--as-uid', flags.asUid],
    ...(flags.asUserExtra ?? []).map((extra): [string, string] => ['--as-user-extra', extra]),
    ['--certificate-authority', flags.certificateAuthority],
    ['--client-certificate', flags.clientCertificate],
    ['--client-key', flags.clientKey],
    ['--tls-server-name', flags.tlsServerName],
    ['--insecure-skip-tls-verify', flags.insecureSkipTlsVerify],
    ['-n', flags.namespace],
    ['-A', flags.allNamespaces],
    ['-l', flags.selector],
  ];
  return pairs
    .flatMap(([flag, value]) => (value === undefined || value === false ? [] : value === true ? [flag] : [flag, value]))
    .map((word) => ` ${quoteWord(word)}`)
    .join('');
}

function quoteWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
