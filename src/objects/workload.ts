import type { RolloutPolicy, WorkloadObject } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readFlag, readInteger, readObject, readObjectAt, readText } from './json.ts';
import { findKindOf } from './kinds.ts';
import type { ObjectKind } from './metadata.ts';
import { isReadAnnotation, readController, readKind, readReference, readTexts } from './metadata.ts';
import type { ReferenceOptions } from './references.ts';
import { findReferences } from './references.ts';

/**
 * A raw object that has a pod template (or is a Pod), reduced to what the graph and a plan need. A custom resource is read as
 * if its template were in `spec.template`.
 * @param raw the object as the API or a manifest gives it; what has the wrong shape is taken as absent
 * @param kind of a member of a list, which does not say it itself
 */
export function projectWorkload(raw: unknown, kind?: ObjectKind, options: ReferenceOptions = {}): WorkloadObject {
  const object = isJsonObject(raw) ? raw : {};
  const ref = readReference(object, kind ?? readKind(object));
  const metadata = readObject(object, 'metadata');
  const template = findTemplate(object, ref);
  const podSpec = readObject(template, 'spec');
  return {
    ref,
    uid: readText(metadata, 'uid'),
    resourceVersion: readText(metadata, 'resourceVersion'),
    controller: readController(object),
    labels: readTexts(metadata, 'labels'),
    annotations: readTexts(metadata, 'annotations', isReadAnnotation),
    templateAnnotations: readTexts(readObject(template, 'metadata'), 'annotations', isReadAnnotation),
    serviceAccountName: readServiceAccountName(podSpec),
    references: findReferences(podSpec, ref.namespace, options),
    policy: readPolicy(object, ref),
  };
}

/** The pod template of a raw object; the object itself for a Pod; `undefined` where there is none. */
export function findTemplate(raw: JsonObject, { apiVersion, kind }: ObjectKind): JsonObject | undefined {
  return readObjectAt(raw, findKindOf(apiVersion, kind)?.template ?? ['spec', 'template']);
}

/** The ServiceAccount that a pod of this spec runs as: the admission puts `default` where none is named. */
export function readServiceAccountName(podSpec: JsonObject | undefined): string {
  return readText(podSpec, 'serviceAccountName') || readText(podSpec, 'serviceAccount') || 'default';
}

/** Kinds whose `spec.replicas` the API server sets to 1 where it is left out. */
const REPLICATED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout', 'DeploymentConfig'];

function readPolicy(raw: JsonObject, { apiVersion, kind }: ObjectKind): RolloutPolicy {
  const spec = readObject(raw, 'spec');
  const absent = findKindOf(apiVersion, kind) !== undefined && REPLICATED.includes(kind) ? 1 : null;
  const update = readObject(spec, 'updateStrategy');
  return {
    replicas: readInteger(spec, 'replicas', absent),
    paused: readFlag(spec, 'paused'),
    strategy: readStrategy(kind, spec),
    partition: readInteger(readObject(update, 'rollingUpdate'), 'partition', 0),
  };
}

function readStrategy(kind: string, spec: JsonObject | undefined): string {
  if (kind === 'Deployment') return readText(readObject(spec, 'strategy'), 'type') || 'RollingUpdate';
  if (kind === 'StatefulSet' || kind === 'DaemonSet') {
    return readText(readObject(spec, 'updateStrategy'), 'type') || 'RollingUpdate';
  }
  return kind === 'DeploymentConfig' ? readText(readObject(spec, 'strategy'), 'type') : '';
}
