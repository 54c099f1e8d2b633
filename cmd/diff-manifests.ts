import { ApiError } from '../src/cluster/api-error.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { collectObjects } from '../src/cluster/collect.ts';
import { connect } from '../src/cluster/connect.ts';
import type { ValueOptions } from '../src/diff/diff-value.ts';
import { EXTERNAL_DIFF } from '../src/diff/external-diff.ts';
import type { ManifestConfig } from '../src/diff/pick-configs.ts';
import { pickConfigs } from '../src/diff/pick-configs.ts';
import { ExitCode } from '../src/error.ts';
import { buildGraph } from '../src/graph/graph.ts';
import { parseLabelSelector } from '../src/graph/label-selector.ts';
import { collectManifests } from '../src/manifests/collect.ts';
import type { ManifestObject } from '../src/manifests/manifest.ts';
import { readManifests } from '../src/manifests/read-manifests.ts';
import { isNamedByContent } from '../src/objects/content-name.ts';
import { isConfigKind } from '../src/objects/kinds.ts';
import { compareObjects } from '../src/objects/reference-order.ts';
import type { DiffItem, Graph, WorkloadObject } from '../src/types.ts';
import { renderImpact } from '../src/view/diff-impact.ts';
import { isDifferent } from '../src/view/diff-summary.ts';
import { makeStyles } from '../src/view/style.ts';
import { countOf, escapeControls, escapeLines, joinWords } from '../src/view/text.ts';
import { connectionEnvironment } from './connection.ts';
import type { DiffFlags } from './diff.ts';
import { printItems } from './diff.ts';
import type { GlobalFlags } from './flags.ts';
import { wantsColor } from './flags.ts';
import { Differ } from './manifest-differ.ts';
import type { Streams } from './streams.ts';

/** So many configs are asked for at once. */
const AT_ONCE = 8;

/** Shows what the cluster holds against what it would hold once manifests were applied, and whom that touches. */
export async function diffManifests(
  flags: DiffFlags & GlobalFlags,
  options: ValueOptions,
  streams: Streams,
): Promise<ExitCode> {
  const places = { files: flags.filename ?? [], kustomize: flags.kustomize, recursive: flags.recursive === true };
  const manifests = await readManifests(places, streams);
  const cluster = await connect(flags, connectionEnvironment(flags, streams));
  try {
    const { namespace } = cluster;
    const picked = pickConfigs(manifests, { namespace, isEnforced: flags.namespace !== undefined });
    const isSelected = parseLabelSelector(flags.selector ?? '');
    const configs = picked.configs
      .filter(({ labels }) => isSelected(labels))
      .sort((a, b) => compareObjects(a.ref, b.ref));
    const graphs = await readGraphs(cluster, configs, flags, streams);
    const workloads = configs.some(({ ref }) => isNamedByContent(ref.name)) ? readWorkloads(manifests, namespace) : [];
    const command = flags.output === 'diff' ? streams.env[EXTERNAL_DIFF] : undefined;
    await using external = command
      ? await (await import('./external-diff.ts')).makeExternalDiff(command, streams)
      : null;
    const { namespaces } = picked;
    const differ = new Differ(cluster, { graphs, workloads, namespaces, options, streams, external });
    const items = (await mapInTurns(configs, (config) => differ.diff(config))).filter((item) => item !== null);
    const isOther = external === null ? items.some(isDifferent) : await external.run();
    if (external === null) await printItems(items, flags, countNamespaces(items) > 1, streams);
    if (flags.output === 'diff') printImpact(items, flags, streams);
    const others = [...picked.others].map(([kind, count]) => countOf(count, kind));
    if (others.length > 0) {
      streams.stderr.write(
        `${escapeControls(`left out: ${joinWords(others, 5)}; kubectl diff compares other kinds than ConfigMap and Secret`)}\n`,
      );
    }
    if (differ.failed) return ExitCode.refused;
    return isOther ? ExitCode.no : ExitCode.ok;
  } finally {
    cluster.close();
  }
}

function countNamespaces(items: readonly DiffItem[]): number {
  return new Set(items.map(({ config }) => config.namespace)).size;
}

function printImpact(items: readonly DiffItem[], flags: DiffFlags & GlobalFlags, streams: Streams): void {
  const styles = makeStyles(wantsColor(flags.color, streams.stdout, streams.env));
  const impact = renderImpact(items, { showNamespace: countNamespaces(items) > 1, headers: flags.headers, styles });
  if (impact !== '') streams.stdout.write(`\n${impact}`);
  else if (items.length > 0) streams.stderr.write('No workload uses what changes.\n');
}

/** Who uses what now, by namespace. A namespace that does not exist yet has nobody. */
async function readGraphs(
  cluster: Cluster,
  configs: readonly ManifestConfig[],
  flags: DiffFlags,
  streams: Streams,
): Promise<Map<string, Graph>> {
  const graphs = new Map<string, Graph>();
  for (const namespace of new Set(configs.map(({ ref }) => ref.namespace))) {
    try {
      const objects = await collectObjects(cluster, {
        namespace,
        all: flags.all === true,
        signal: streams.interrupted,
      });
      const graph = buildGraph(objects, { all: flags.all === true });
      for (const { kind, message } of graph.unseen) {
        if (isConfigKind(kind)) continue;
        streams.stderr.write(`warning: nothing is said of any ${kind}: ${escapeLines(message)}\n`);
      }
      graphs.set(namespace, graph);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 403)) throw error;
      if (error.code === 403)
        streams.stderr.write(`warning: whom it touches cannot be told: ${escapeLines(error.message)}\n`);
    }
  }
  return graphs;
}

function readWorkloads(manifests: readonly ManifestObject[], namespace: string): WorkloadObject[] {
  return collectManifests(manifests, { namespace }).workloads;
}

/** The results in the order of the values. */
async function mapInTurns<From, To>(values: readonly From[], make: (value: From) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  for (let start = 0; start < values.length; start += AT_ONCE) {
    results.push(...(await Promise.all(values.slice(start, start + AT_ONCE).map(make))));
  }
  return results;
}
