import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import { findTemplate } from '../objects/workload.ts';
import type { ObjectReference } from '../types.ts';

/**
 * A pod as a workload would make it of its template, to be sent with `dryRun=All`; `null` where the object holds no template of its own.
 * @param object the raw workload
 */
export function makeDryRunPod(object: object, workload: ObjectReference): object | null {
  const raw = isJsonObject(object) ? object : {};
  const template = findTemplate(raw, workload);
  const spec = readObject(template, 'spec');
  if (spec === undefined) return null;
  const metadata = readObject(template, 'metadata');
  const claims = readObjects(readObject(raw, 'spec'), 'volumeClaimTemplates').map((claim) =>
    readText(readObject(claim, 'metadata'), 'name'),
  );
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${workload.name}-`,
      labels: metadata?.['labels'],
      annotations: metadata?.['annotations'],
    },
    spec: claims.length === 0 ? spec : { ...spec, volumes: addClaims(readObjects(spec, 'volumes'), claims, workload) },
  };
}

/** Of a StatefulSet the controller adds the volumes of its claims to each pod, in the place of others of the same name. */
function addClaims(volumes: readonly object[], claims: readonly string[], { name }: ObjectReference): object[] {
  const others = volumes.filter((volume) => !('name' in volume && claims.some((claim) => claim === volume.name)));
  return [
    ...others,
    ...claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}-0` } })),
  ];
}
