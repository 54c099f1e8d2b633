import { ApiError } from '../src/cluster/api-error.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { PROBE_ANNOTATION } from '../src/name.ts';
import type { JsonObject } from '../src/objects/json.ts';
import { isJsonObject, readInteger, readObject, readText } from '../src/objects/json.ts';
import { compareJson, toJsonPatch } from '../src/objects/json-edit.ts';
import { findKindOf, listPath, objectPath } from '../src/objects/kinds.ts';
import { objectKey } from '../src/objects/object-key.ts';
import { compareObjects } from '../src/objects/reference-order.ts';
import type { ChangedWorkload } from '../src/probe/change-workload.ts';
import { ejectWorkload, injectWorkload } from '../src/probe/change-workload.ts';
import type { Carried } from '../src/probe/config-map.ts';
import type { ProbeRefusal } from '../src/probe/inject.ts';
import type { NodeFacts } from '../src/probe/node-selection.ts';
import { projectNode } from '../src/probe/node-selection.ts';
import { findRefusal } from '../src/restart/refusal.ts';
import type { Dependency, ObjectReference, ProbePlan, ProbeSkip, ProbeStep, Workload } from '../src/types.ts';
import type { ProbeChange } from './probe.ts';
import { loadProbeFiles } from './probe-files.ts';
import { makeKeysOf } from './probe-keys.ts';
import { checkShell } from './probe-shell.ts';
import type { Scope } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/** Plans a change of workloads; of one whose object changed meanwhile again. */
export interface ProbePlanner {
  plan(): Promise<ProbePlan>;
  /** @throws as `Cluster.request` */
  step(workload: ObjectReference): Promise<ProbeStep | ProbeSkip>;
  /** What the pods of the planned workloads mount of the probe, by namespace. */
  carried(): ReadonlyMap<string, ReadonlySet<Carried>>;
}

/** The kinds that replace their pods when their template changes. */
const KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Makes the planner of a scope. */
export async function makePlanner(scope: Scope, change: ProbeChange, streams: Streams): Promise<ProbePlanner> {
  const { cluster, graph, selection } = scope;
  const signal = streams.interrupted;
  const workloads = new Map(graph.workloads.map((workload) => [objectKey(workload.ref), workload]));
  const usesOf = Map.groupBy(graph.dependencies, ({ workload }) => objectKey(workload));
  const named = new Set(selection.named.map(objectKey));
  const keysOf = makeKeysOf(graph.configs);
  const wanted = new Map<string, Set<Carried>>();
  const nodes = change.verb === 'inject' && change.form === 'binary' ? await readNodes(cluster, signal) : null;

  async function step(ref: ObjectReference): Promise<ProbeStep | ProbeSkip> {
    const skip = ({ refused, hint = '', isUnconcerned }: ProbeRefusal, isFine = false): ProbeSkip => ({
      workload: ref,
      reason: refused,
      hint,
      refused: !isFine && (isUnconcerned !== true || isNamed(ref)),
    });
    if (!KINDS.includes(ref.kind) || findKindOf(ref.apiVersion, ref.kind) === undefined) {
      const hint = 'Put it into the manifest instead: kubectl reload probe inject -f FILE -o yaml.';
      return skip({ refused: `a ${ref.kind} does not replace its pods by itself`, hint });
    }
    const workload = workloads.get(objectKey(ref));
    const raw = await readWorkload(cluster, ref, signal);
    if (raw === null || workload === undefined) return skip({ refused: 'it does not exist any more' });
    const uses = usesOf.get(objectKey(ref)) ?? [];
    const result = change.verb === 'inject' ? inject(raw, ref) : ejectWorkload(raw);
    if (result === null) return skip({ refused: 'it has no probe of ours', isUnconcerned: true });
    if ('refused' in result) return skip(result);
    const edits = compareJson(raw, result.raw);
    if (edits.length === 0) {
      noteCarried(ref, result);
      return skip({ refused: 'it has this very probe already' }, true);
    }
    const held = judgeRollout(workload, uses);
    if (held.refused !== null) return skip({ refused: held.refused });
    const notes =
      change.verb === 'inject' && change.form === 'script'
        ? await checkShell(scope, workload, result.containers, signal)
        : [];
    if ('refused' in notes) return skip(notes);
    noteCarried(ref, result);
    const metadata = readObject(raw, 'metadata');
    const uid = readText(metadata, 'uid');
    return {
      workload: ref,
      uid,
      containers: result.containers,
      held: held.warnings.length > 0,
      warnings: [...result.notes, ...notes, ...held.warnings, ...noteOwner(workload)],
      patch: [
        { op: 'test', path: '/metadata/uid', value: uid },
        // The places of containers and volumes hold for this generation; a new status makes none.
        { op: 'test', path: '/metadata/generation', value: readInteger(metadata, 'generation', 0) },
        ...toJsonPatch(edits, []),
      ],
    };
  }

  function inject(raw: JsonObject, ref: ObjectReference): ChangedWorkload | ProbeRefusal {
    if (change.verb !== 'inject') return { refused: '' };
    return injectWorkload(raw, change, { keysOf: keysOf(ref.namespace), nodes });
  }

  function noteCarried({ namespace }: ObjectReference, { carried }: ChangedWorkload): void {
    if (carried !== null) wanted.set(namespace, new Set([...(wanted.get(namespace) ?? []), carried]));
  }

  const isNamed = (ref: ObjectReference): boolean => named.has(objectKey(ref));

  return {
    step,
    carried: () => wanted,
    async plan() {
      const refs = findTargets(scope, change);
      const found = await Promise.all(refs.map(step));
      const steps = found.flatMap((one) => ('patch' in one ? [one] : []));
      const skipped = found.flatMap((one) => ('patch' in one ? [] : [one]));
      // Before anything is changed: a program that does not carry the file cannot begin.
      if (change.verb === 'inject' && steps.length > 0)
        await loadProbeFiles([...wanted.values()].flatMap((some) => [...some]));
      return { steps, skipped: skipped.filter((skip) => skip.refused || isNamed(skip.workload) || skip.hint !== '') };
    },
  };
}

/** The workloads that are meant: of those that are not spelt out only such as can have the probe, or have it. */
function findTargets({ graph, selection }: Scope, { verb }: ProbeChange): ObjectReference[] {
  const users = selection.configs.length === 0 ? [] : graph.dependencies.filter((use) => selection.includes(use));
  const inferred = [...selection.inferred, ...users.map(({ workload }) => workload)].filter(({ kind }) =>
    KINDS.includes(kind),
  );
  const injected = new Set(
    graph.workloads
      .filter(({ templateAnnotations }) => templateAnnotations[PROBE_ANNOTATION] !== undefined)
      .map(({ ref }) => objectKey(ref)),
  );
  const used = new Set(graph.dependencies.map(({ workload }) => objectKey(workload)));
  const meant = inferred.filter((ref) => (verb === 'eject' ? injected : used.union(injected)).has(objectKey(ref)));
  const refs = new Map([...selection.named, ...meant].map((ref) => [objectKey(ref), ref]));
  return [...refs.values()].sort(compareObjects);
}

/** How its pods would be replaced. */
function judgeRollout(workload: Workload, uses: readonly Dependency[]): { refused: string | null; warnings: string[] } {
  const refusal = findRefusal(workload, uses, new Set());
  switch (refusal?.code) {
    case undefined:
      return { refused: null, warnings: [] };
    case 'paused':
    case 'on-delete':
    case 'partition':
      return { refused: null, warnings: [`${refusal?.reason}; it is not followed`] };
    default:
      return { refused: refusal?.reason ?? '', warnings: [] };
  }
}

function noteOwner({ controller }: Workload): string[] {
  if (controller === null) return [];
  return [`${controller.kind} ${controller.name} manages it, and may take the change back`];
}

async function readWorkload(cluster: Cluster, ref: ObjectReference, signal: AbortSignal): Promise<JsonObject | null> {
  const kind = findKindOf(ref.apiVersion, ref.kind);
  if (kind === undefined) return null;
  try {
    const raw = await cluster.request<unknown>({ path: objectPath(kind, ref), signal });
    return isJsonObject(raw) ? raw : null;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return null;
    throw error;
  }
}

const NODES = { apiVersion: 'v1', plural: 'nodes', namespaced: false };

/** The nodes; `null` for a user who may not list them. */
async function readNodes(cluster: Cluster, signal: AbortSignal): Promise<NodeFacts[] | null> {
  try {
    return (await cluster.list({ path: listPath(NODES, ''), form: 'full', project: projectNode, signal })).items;
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return null;
    throw error;
  }
}
