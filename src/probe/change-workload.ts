import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readInteger, readObject, readObjectAt } from '../objects/json.ts';
import { findKindOf } from '../objects/kinds.ts';
import { readKind } from '../objects/metadata.ts';
import type { ProbedContainer } from '../types.ts';
import { chooseArchitecture } from './choose-architecture.ts';
import type { Carried } from './config-map.ts';
import { ejectProbe } from './eject.ts';
import type { ProbeRefusal, ProbeTarget } from './inject.ts';
import { injectProbe } from './inject.ts';
import type { NodeFacts } from './node-selection.ts';
import type { Architecture, ProbeForm, ProbeOptions } from './probe-options.ts';

/** A raw workload with another pod template. */
export interface ChangedWorkload {
  raw: JsonObject;
  containers: ProbedContainer[];
  /** What its pods mount of the probe; `null` for nothing. */
  carried: Carried | null;
  notes: string[];
}

/** Puts the probe into a raw workload. */
export function injectWorkload(
  raw: JsonObject,
  wanted: { form: ProbeForm; arch: Architecture | undefined; options: ProbeOptions },
  known: Pick<ProbeTarget, 'keysOf'> & { nodes: readonly NodeFacts[] | null },
): ChangedWorkload | ProbeRefusal {
  const { kind } = readKind(raw);
  const template = readTemplate(raw);
  if (template === undefined) return { refused: `a ${kind} has no pod template`, isUnconcerned: true };
  if (!INJECTED_KINDS.includes(kind)) {
    return {
      refused: `the pods of a ${kind} run to their end: the next ones start with the new content`,
      isUnconcerned: true,
    };
  }
  const target = {
    template,
    kind,
    replicas: readInteger(readObject(raw, 'spec'), 'replicas', null),
    keysOf: known.keysOf,
  };
  const inject = (carried: Carried, notes: readonly string[]): ChangedWorkload | ProbeRefusal => {
    const result = injectProbe(target, carried, wanted.options);
    if ('refused' in result) return result;
    const { containers } = result;
    return {
      raw: replaceTemplate(raw, result.template),
      containers,
      carried,
      notes: [...notes, ...result.notes],
    };
  };
  if (wanted.form === 'script') return inject('script', []);
  const chosen = chooseArchitecture(readObject(template, 'spec') ?? {}, known.nodes, wanted.arch);
  if (!('refused' in chosen)) return inject(chosen.arch, chosen.notes);
  // What cannot have a probe at all is told first.
  const other = inject('amd64', []);
  return 'refused' in other ? other : chosen;
}

/** Takes the probe out of a raw workload; `null` where there is none. */
export function ejectWorkload(raw: JsonObject): ChangedWorkload | null {
  const template = readTemplate(raw);
  const ejected = template === undefined ? null : ejectProbe(template);
  if (ejected === null) return null;
  const containers = ejected.containers.map(({ name, field }): ProbedContainer => {
    const check = field === 'livenessProbe' ? 'liveness' : 'readiness';
    return { name, check, watches: [], command: [], keeps: null };
  });
  return { raw: replaceTemplate(raw, ejected.template), containers, carried: null, notes: ejected.notes };
}

/** The kinds whose containers are restarted in place for as long as their pods live. */
const INJECTED_KINDS: readonly string[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
  'DeploymentConfig',
  'Pod',
];

/** The pod template of a raw object of a kind that we know; the object itself for a Pod. */
export function readTemplate(raw: JsonObject): JsonObject | undefined {
  const path = pathOf(raw);
  return path === null ? undefined : readObjectAt(raw, path);
}

function pathOf(raw: JsonObject): readonly string[] | null {
  const { apiVersion, kind } = readKind(raw);
  return findKindOf(apiVersion, kind)?.template ?? null;
}

function replaceTemplate(raw: JsonObject, template: JsonObject): JsonObject {
  return replaceAt(raw, pathOf(raw) ?? [], template);
}

function replaceAt(object: JsonObject, [field, ...rest]: readonly string[], value: JsonObject): JsonObject {
  if (field === undefined) return value;
  const inner = object[field];
  return { ...object, [field]: replaceAt(isJsonObject(inner) ? inner : {}, rest, value) };
}
