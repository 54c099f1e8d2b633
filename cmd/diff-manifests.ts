import { ApiError } from '../src/cluster/api-error.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { collectObjects } from '../src/cluster/collect.ts';
import { connect } from '../src/cluster/connect.ts';
import { dryRunCreate, dryRunPatch, getConfig } from '../src/cluster/dry-run-config.ts';
import { changesMetadata, diffManifest } from '../src/diff/diff-manifest.ts';
import type { ValueOptions } from '../src/diff/diff-value.ts';
import { baseName, findPredecessor } from '../src/diff/hashed-name.ts';
import { findImpact, findRenameImpact } from '../src/diff/impact.ts';
import type { ManifestConfig } from '../src/diff/pick-configs.ts';
import { pickConfigs } from '../src/diff/pick-configs.ts';
import type { Preview, PreviewServer } from '../src/diff/preview-apply.ts';
import { previewApply } from '../src/diff/preview-apply.ts';
import { redact } from '../src/diff/redact.ts';
import { ExitCode, ReloadError } from '../src/error.ts';
import { buildGraph } from '../src/graph/graph.ts';
import { parseLabelSelector } from '../src/graph/label-selector.ts';
import { collectManifests } from '../src/manifests/collect.ts';
import type { ManifestObject } from '../src/manifests/manifest.ts';
import { readManifests } from '../src/manifests/read-manifests.ts';
import { compareObjects } from '../src/objects/reference-order.ts';
import type { DiffItem, Graph, WorkloadObject } from '../src/types.ts';
import { renderImpact } from '../src/view/diff-impact.ts';
import { isDifferent } from '../src/view/diff-summary.ts';
import { formatObject } from '../src/view/object-name.ts';
import { makeStyles } from '../src/view/style.ts';
import { countOf, escapeControls, joinWords } from '../src/view/text.ts';
import { connectionEnvironment } from './connection.ts';
import type { DiffFlags } from './diff.ts';
import { printItems } from './diff.ts';
import type { GlobalFlags } from './flags.ts';
import { wantsColor } from './flags.ts';
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
  const manifests = await readManifests(places, { cwd: streams.cwd, stdin: streams.stdin });
  const cluster = await connect(flags, connectionEnvironment(flags, streams));
  try {
    const { namespace } = cluster;
    const picked = pickConfigs(manifests, { namespace, isEnforced: flags.namespace !== undefined });
    const isSelected = parseLabelSelector(flags.selector ?? '');
    const configs = picked.configs
      .filter(({ labels }) => isSelected(labels))
      .sort((a, b) => compareObjects(a.ref, b.ref));
    const graphs = await readGraphs(cluster, configs, flags, streams);
    const workloads = configs.some(({ ref }) => baseName(ref.name) !== null) ? readWorkloads(manifests, namespace) : [];
    const differ = new Differ(cluster, { graphs, workloads, namespaces: picked.namespaces, options, streams });
    const items = (await mapInTurns(configs, (config) => differ.diff(config))).filter((item) => item !== null);
    await print(items, flags, streams);
    const others = [...picked.others].map(([kind, count]) => countOf(count, kind));
    if (others.length > 0) {
      streams.stderr.write(
        `${escapeControls(`left out: ${joinWords(others, 5)}; kubectl diff compares other kinds than ConfigMap and Secret`)}\n`,
      );
    }
    if (differ.failed) return ExitCode.refused;
    return items.some(isDifferent) ? ExitCode.no : ExitCode.ok;
  } finally {
    cluster.close();
  }
}

async function print(items: readonly DiffItem[], flags: DiffFlags & GlobalFlags, streams: Streams): Promise<void> {
  const showNamespace = new Set(items.map(({ config }) => config.namespace)).size > 1;
  await printItems(items, flags, showNamespace, streams);
  if (flags.output !== 'diff') return;
  const styles = makeStyles(wantsColor(flags.color, streams.stdout, streams.env));
  const impact = renderImpact(items, { showNamespace, headers: flags.headers, styles });
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
        if (kind === 'ConfigMap' || kind === 'Secret') continue;
        streams.stderr.write(`warning: nothing is said of any ${kind}: ${message}\n`);
      }
      graphs.set(namespace, graph);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 403)) throw error;
      if (error.code === 403) streams.stderr.write(`warning: whom it touches cannot be told: ${error.message}\n`);
    }
  }
  return graphs;
}

function readWorkloads(manifests: readonly ManifestObject[], namespace: string): WorkloadObject[] {
  return collectManifests(manifests, { namespace }).workloads;
}

/** What all diffs of one run share. */
interface DifferContext {
  graphs: ReadonlyMap<string, Graph>;
  /** Of the manifests. */
  workloads: readonly WorkloadObject[];
  /** That the manifests create. */
  namespaces: ReadonlySet<string>;
  options: ValueOptions;
  streams: Streams;
}

const NOBODY: Graph = { workloads: [], dependencies: [], configs: [], unused: [], unseen: [] };

/** Compares one config after another; one that cannot be compared is said, and does not end the run. */
class Differ {
  failed = false;
  readonly #cluster: Cluster;
  readonly #context: DifferContext;

  constructor(cluster: Cluster, context: DifferContext) {
    this.#cluster = cluster;
    this.#context = context;
  }

  async diff(config: ManifestConfig): Promise<DiffItem | null> {
    const { streams, namespaces } = this.#context;
    try {
      const preview = await previewApply(config, this.#server(), namespaces);
      if (!preview.asked)
        this.#say(config, 'the server was not asked for a dry run, for want of the right to write it');
      return await this.#compare(config, preview);
    } catch (error) {
      if (!(error instanceof ReloadError) || streams.interrupted.aborted) throw error;
      this.failed = true;
      this.#say(config, config.kind === 'Secret' ? redact(error.message, [config.raw]) : error.message, 'error');
      return null;
    }
  }

  async #compare(config: ManifestConfig, preview: Preview): Promise<DiffItem | null> {
    const { graphs, workloads, options } = this.#context;
    const graph = graphs.get(config.ref.namespace) ?? NOBODY;
    const old = preview.live === null ? findPredecessor(config.ref, workloads, graph) : undefined;
    const live = old === undefined ? null : await getConfig(this.#cluster, { kind: config.kind, ref: old.ref });
    if (old !== undefined && live !== null) {
      const item = diffManifest(config, { ...preview, live }, options, old.ref.name);
      return item && { ...item, impact: findRenameImpact(graph, workloads, { from: old.ref, to: config.ref }) };
    }
    const item = diffManifest(config, preview, options);
    if (item === null) {
      if (preview.live !== null && changesMetadata(preview.live, config.raw)) {
        this.#say(config, 'only its labels or annotations change: no container sees that');
      }
      return null;
    }
    const changes = new Map(item.keys.map(({ key, change }) => [key, change]));
    return { ...item, impact: findImpact(graph, config.ref, changes) };
  }

  #server(): PreviewServer {
    const signal = this.#context.streams.interrupted;
    return {
      get: (config) => getConfig(this.#cluster, config, signal),
      patch: (config, patch) => dryRunPatch(this.#cluster, config, patch, signal),
      create: (config) => dryRunCreate(this.#cluster, config, config.raw, signal),
    };
  }

  #say({ ref, file }: ManifestConfig, text: string, prefix = 'note'): void {
    this.#context.streams.stderr.write(`${escapeControls(`${prefix}: ${file}: ${formatObject(ref)}: ${text}`)}\n`);
  }
}

/** The results in the order of the values. */
async function mapInTurns<From, To>(values: readonly From[], make: (value: From) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  for (let start = 0; start < values.length; start += AT_ONCE) {
    results.push(...(await Promise.all(values.slice(start, start + AT_ONCE).map(make))));
  }
  return results;
}
