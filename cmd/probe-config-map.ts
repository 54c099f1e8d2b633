import { ApiError } from '../src/cluster/api-error.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { ReloadError } from '../src/error.ts';
import { FIELD_MANAGER, PROBE_ANNOTATION, PROGRAM } from '../src/name.ts';
import type { JsonObject } from '../src/objects/json.ts';
import { isJsonObject, readFlag, readObject, readText } from '../src/objects/json.ts';
import { isEqualJson } from '../src/objects/json-edit.ts';
import { configKind, listPath, objectPath } from '../src/objects/kinds.ts';
import { objectKey } from '../src/objects/object-key.ts';
import type { Carried, ProbeFiles } from '../src/probe/config-map.ts';
import { CARRIED, isProbeConfigMap, makeConfigMap, makeContent, nameConfigMap } from '../src/probe/config-map.ts';
import type { ProbePlan } from '../src/types.ts';
import { escapeControls } from '../src/view/text.ts';
import { loadProbeFiles } from './probe-files.ts';
import type { Scope } from './read-cluster.ts';
import type { Streams } from './streams.ts';

const KIND = configKind('ConfigMap');
const TRIES = 3;

/** There is a ConfigMap of this name that is somebody else's. */
export function foreignConfigMap(name: string, namespace: string): ReloadError {
  const where = namespace === '' ? '' : ` in namespace ${namespace}`;
  return new ReloadError(`there is a ConfigMap ${name}${where} that was not made by this program`, {
    hint: 'It is left alone. Delete it or give it another name; the probe needs this one.',
  });
}

/**
 * Sees to it that each namespace has the ConfigMaps with these files of the probe.
 * @throws ReloadError where an object of that name is not ours, ApiError when the server refuses
 */
export async function ensureProbeConfigMaps(
  cluster: Cluster,
  wanted: ReadonlyMap<string, ReadonlySet<Carried>>,
  isDryRun: boolean,
  streams: Streams,
): Promise<void> {
  const files = await loadProbeFiles([...wanted.values()].flatMap((some) => [...some]));
  for (const [namespace, some] of wanted) {
    for (const carried of some) await ensureOne(cluster, { namespace, carried, files, isDryRun }, streams);
  }
}

interface Carrier {
  namespace: string;
  carried: Carried;
  files: ProbeFiles;
  isDryRun: boolean;
}

async function ensureOne(
  cluster: Cluster,
  { namespace, carried, files, isDryRun }: Carrier,
  { interrupted: signal }: Streams,
): Promise<void> {
  const query = { fieldManager: FIELD_MANAGER, ...(isDryRun && { dryRun: 'All' }) };
  const name = nameConfigMap(carried);
  const content = makeContent(files, carried);
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const found = await readConfigMap(cluster, { namespace, name });
    if (found !== null && !isProbeConfigMap(found)) throw foreignConfigMap(name, namespace);
    if (found !== null && holds(found, content)) return;
    if (found !== null && readFlag(found, 'immutable')) {
      throw new ReloadError(`ConfigMap ${name} in namespace ${namespace} is immutable, and has another probe`, {
        hint: `Delete it, and run this again: kubectl delete configmap ${name} -n ${namespace}`,
      });
    }
    const uid = readText(readObject(found ?? {}, 'metadata'), 'uid');
    try {
      await (found === null
        ? cluster.request({
            method: 'POST',
            path: listPath(KIND, namespace),
            query,
            body: makeConfigMap(files, carried, namespace),
          })
        : cluster.request({
            method: 'PATCH',
            path: objectPath(KIND, { namespace, name }),
            query,
            contentType: 'application/merge-patch+json',
            body: { metadata: { uid }, ...content },
          }));
      return;
    } catch (error) {
      // Another run made or deleted it in between.
      if (!(error instanceof ApiError) || ![404, 409].includes(error.code) || attempt === TRIES) throw error;
    }
  }
}

async function readConfigMap(cluster: Cluster, ref: { namespace: string; name: string }): Promise<JsonObject | null> {
  try {
    const raw = await cluster.request<unknown>({ path: objectPath(KIND, ref) });
    return isJsonObject(raw) ? raw : null;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return null;
    throw error;
  }
}

function holds(raw: JsonObject, content: ReturnType<typeof makeContent>): boolean {
  return Object.entries(content).every(([field, values]) =>
    Object.entries(values).every(([key, value]) => isEqualJson(readObject(raw, field)?.[key], value)),
  );
}

/** Deletes the probe's ConfigMaps of the namespaces in which no workload has the probe any more. */
export async function dropProbeConfigMaps(
  { cluster, graph }: Scope,
  plan: ProbePlan,
  isFollowed: boolean,
  streams: Streams,
): Promise<void> {
  const ejected = new Set(plan.steps.map(({ workload }) => objectKey(workload)));
  for (const namespace of new Set(plan.steps.map(({ workload }) => workload.namespace))) {
    const others = graph.workloads.filter(
      ({ ref, templateAnnotations }) =>
        ref.namespace === namespace &&
        templateAnnotations[PROBE_ANNOTATION] !== undefined &&
        !ejected.has(objectKey(ref)),
    );
    if (others.length > 0) continue;
    if (isFollowed && plan.steps.every((step) => !step.held || step.workload.namespace !== namespace)) {
      for (const carried of CARRIED) await dropOne(cluster, { namespace, name: nameConfigMap(carried) }, streams);
      continue;
    }
    const names = CARRIED.map(nameConfigMap).filter((name) =>
      graph.configs.some(({ ref }) => ref.kind === 'ConfigMap' && ref.namespace === namespace && ref.name === name),
    );
    if (names.length === 0) continue;
    const command = `kubectl delete configmap ${names.join(' ')} -n ${namespace}`;
    streams.stderr.write(`what carries the probe stays while pods have it mounted; later: ${command}\n`);
  }
}

async function dropOne(cluster: Cluster, ref: { namespace: string; name: string }, streams: Streams): Promise<void> {
  try {
    const found = await readConfigMap(cluster, ref);
    if (found === null || !isProbeConfigMap(found)) return;
    const metadata = readObject(found, 'metadata');
    const preconditions = { uid: readText(metadata, 'uid'), resourceVersion: readText(metadata, 'resourceVersion') };
    await cluster.request({
      method: 'DELETE',
      path: objectPath(KIND, ref),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 401) throw error;
    if (error.code === 404) return;
    streams.stderr.write(
      `warning: ConfigMap ${ref.name} of ${PROGRAM} could not be deleted: ${escapeControls(error.message)}\n`,
    );
  }
}
