import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ObjectReference } from '../types.ts';
import type { Cluster } from './cluster.ts';

/** So many pods of a namespace are read one by one; of more, the whole namespace in one list. */
const FEW = 8;

/**
 * Reads raw pods by lists, which is the right that the user has shown to have; to get a pod is another one. Where many are read, of each
 * only what tells how its containers come by configs is kept.
 * @returns those that are there, by `objectKey`
 */
export async function readPods(
  cluster: Cluster,
  pods: readonly ObjectReference[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const namespaces = new Map<string, ObjectReference[]>();
  for (const pod of pods) {
    const known = namespaces.get(pod.namespace);
    if (known === undefined) namespaces.set(pod.namespace, [pod]);
    else known.push(pod);
  }
  const found = new Map<string, unknown>();
  const list = (namespace: string, query: Record<string, string>, keep: (pod: JsonObject) => unknown) => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    return cluster.list({
      path,
      query,
      form: 'full',
      project: (pod: unknown) => keep(isJsonObject(pod) ? pod : {}),
      signal,
    });
  };
  await Promise.all(
    [...namespaces].map(async ([namespace, wanted]) => {
      const keys = new Map(wanted.map((pod) => [pod.name, objectKey(pod)]));
      const keep = (pod: JsonObject, kept: unknown): undefined => {
        const key = keys.get(readText(readObject(pod, 'metadata'), 'name'));
        if (key !== undefined) found.set(key, kept);
      };
      if (wanted.length > FEW) await list(namespace, {}, (pod) => keep(pod, reducePod(pod)));
      else {
        const selectors = [...keys.keys()].map((name) => ({ fieldSelector: `metadata.name=${name}` }));
        await Promise.all(selectors.map((query) => list(namespace, query, (pod) => keep(pod, pod))));
      }
    }),
  );
  return found;
}

function reducePod(pod: JsonObject): JsonObject {
  const spec = readObject(pod, 'spec');
  const containers = (field: string) => ({
    [field]: readObjects(spec, field).map((one) => pick(one, ['name', 'env', 'envFrom', 'volumeMounts'])),
  });
  const statuses = readObjects(readObject(pod, 'status'), 'containerStatuses');
  return {
    metadata: pick(readObject(pod, 'metadata'), ['name', 'namespace', 'uid']),
    spec: {
      ...pick(spec, ['nodeName', 'serviceAccountName', 'volumes']),
      ...containers('containers'),
      ...containers('initContainers'),
      ...containers('ephemeralContainers'),
    },
    status: { containerStatuses: statuses.map((one) => pick(one, ['name', 'imageID'])) },
  };
}

function pick(from: JsonObject | undefined, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.flatMap((field) => (from?.[field] === undefined ? [] : [[field, from[field]]])));
}
