import type { Cluster } from '../src/cluster/cluster.ts';
import { dryRunCreate, dryRunPatch, getConfig } from '../src/cluster/dry-run-config.ts';
import { changesMetadata, diffManifest } from '../src/diff/diff-manifest.ts';
import type { ValueOptions } from '../src/diff/diff-value.ts';
import { describeSides } from '../src/diff/external-diff.ts';
import { findImpact, findRenameImpact } from '../src/diff/impact.ts';
import type { ManifestConfig } from '../src/diff/pick-configs.ts';
import { findPredecessor } from '../src/diff/predecessor.ts';
import type { Preview, PreviewServer } from '../src/diff/preview-apply.ts';
import { previewApply } from '../src/diff/preview-apply.ts';
import { redact } from '../src/diff/redact.ts';
import { ReloadError } from '../src/error.ts';
import type { DiffItem, Graph, WorkloadObject } from '../src/types.ts';
import { formatObject } from '../src/view/object-name.ts';
import { escapeControls } from '../src/view/text.ts';
import type { ExternalDiff } from './external-diff.ts';
import type { Streams } from './streams.ts';

/** What all diffs of one run share. */
export interface DifferContext {
  graphs: ReadonlyMap<string, Graph>;
  /** Of the manifests. */
  workloads: readonly WorkloadObject[];
  /** That the manifests create. */
  namespaces: ReadonlySet<string>;
  options: ValueOptions;
  streams: Streams;
  /** Gets all contents, where a program of the user's is to compare them. */
  external: ExternalDiff | null;
}

const NOBODY: Graph = { workloads: [], dependencies: [], configs: [], unused: [], unseen: [] };

/** Compares one config after another; one that cannot be compared is said, and does not end the run. */
export class Differ {
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
      await this.#write(config, { ...preview, live });
      const item = diffManifest(config, { ...preview, live }, options, old.ref.name);
      return item && { ...item, impact: findRenameImpact(graph, workloads, { from: old.ref, to: config.ref }) };
    }
    await this.#write(config, preview);
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

  async #write(config: ManifestConfig, { live, merged }: Preview): Promise<void> {
    const { external, options } = this.#context;
    await external?.add(config.ref, describeSides(config, { from: live, to: merged }, options));
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
