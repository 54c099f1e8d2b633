import { PROBE_ANNOTATION, PROBE_CONFIG_MAP } from '../name.ts';
import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjects, readText, readTextList } from '../objects/json.ts';
import type { ProbedContainer } from '../types.ts';
import type { KnownKeys } from './choose-sources.ts';
import { chooseSources } from './choose-sources.ts';
import type { Carried } from './config-map.ts';
import { EXECUTABLE, nameConfigMap } from './config-map.ts';
import type { ConfigName } from './copies.ts';
import { isProbePath, makeCopies, nameVolume, PROBE_DIR } from './copies.ts';
import { ejectProbe, runsProbe } from './eject.ts';
import { explainNothing, noteInitUses } from './explain-nothing.ts';
import { findCandidates } from './find-candidates.ts';
import { makeCheck } from './make-check.ts';
import { isConfig } from './mounts.ts';
import type { ProbeOptions } from './probe-options.ts';
import type { ProbedRecord, ProbeRecord } from './record.ts';
import { formerOf, noteLosses } from './record.ts';
import type { Source } from './source.ts';
import { countSources, describeSource, escapeDollars, formatSources, MOST_SOURCES } from './source.ts';

/** A pod template and what is known of it. */
export interface ProbeTarget {
  template: JsonObject;
  /** Of its workload: `Deployment`. */
  kind: string;
  /** `null` where nobody says how many pods there will be. */
  replicas: number | null;
  keysOf(config: ConfigName): KnownKeys | null;
}

/** A template with the probe in it. */
export interface Injection {
  template: JsonObject;
  containers: ProbedContainer[];
  notes: string[];
}

/** Why there can be no probe in a template, and what to do. */
export interface ProbeRefusal {
  refused: string;
  hint?: string;
  /** It uses nothing that is to be watched: that is no trouble unless it was meant by name. */
  isUnconcerned?: true;
}

/** By default pods restart within this time, each at a moment of its own: a check that fails asks no disruption budget. */
const SPREAD = 60;

/**
 * Puts the probe into a pod template: the check of each container that has something of a config, the volume with the probe, and a
 * copy of what a container has in variables alone. A template that has a probe of ours gets the new one in its place.
 */
export function injectProbe(target: ProbeTarget, carried: Carried, options: ProbeOptions): Injection | ProbeRefusal {
  const ejected = ejectProbe(target.template);
  const template = ejected?.template ?? target.template;
  const podSpec = readObject(template, 'spec') ?? {};
  const found = findCandidates(podSpec, options);
  if ('refused' in found) return found;

  const copies = makeCopies(podSpec);
  const program = nameVolume(podSpec, PROBE_CONFIG_MAP);
  const spread = options.spread ?? (mayBeSeveral(target) ? SPREAD : 0);
  const isWatched = (config: ConfigName): boolean => options.configs?.some((one) => isConfig(one, config)) ?? true;
  const changed = new Map<JsonObject, JsonObject>();
  const records: ProbedRecord[] = [];
  const containers: ProbedContainer[] = [];
  const notes = [...(ejected?.notes ?? [])];
  for (const container of found.containers) {
    const name = readText(container, 'name');
    const chosen = chooseSources(podSpec, container, { keysOf: target.keysOf, isWatched }, copies);
    const narrowed = narrowToCheck(chosen.sources, options);
    if ('refused' in narrowed) return { ...narrowed, refused: `container ${name}: ${narrowed.refused}` };
    const { sources } = narrowed;
    notes.push(...chosen.notes.map((note) => `container ${name}: ${note}`));
    if (sources.length === 0) continue;
    if (countSources(sources) > MOST_SOURCES) {
      return {
        refused: `container ${name} has ${countSources(sources)} things to watch, and the probe takes ${MOST_SOURCES}`,
        hint: 'Say with --config which ConfigMaps and Secrets matter.',
      };
    }
    if (readObjects(container, 'volumeMounts').some((mount) => isProbePath(readText(mount, 'mountPath')))) {
      return { refused: `container ${name} has a mount at ${PROBE_DIR} or beside it, where the probe has its place` };
    }
    const field = options.check === 'liveness' ? 'livenessProbe' : 'readinessProbe';
    const words = [
      ...formatSources(sources),
      ...(spread > 0 && options.check === 'liveness' ? [`--spread=${spread}`] : []),
      ...(options.baseline === undefined ? [] : [`--baseline=${escapeDollars(options.baseline)}`]),
    ];
    const made = makeCheck(container, readObject(container, field), words, carried, options);
    if ('refused' in made) return made;
    notes.push(...made.notes.map((note) => `container ${name}: ${note}`));
    const mounts = [
      { name: program, mountPath: PROBE_DIR, readOnly: true },
      ...(options.check === 'liveness' ? chosen.mounts : []),
    ];
    changed.set(container, {
      ...container,
      volumeMounts: [...listMembers(container, 'volumeMounts'), ...mounts],
      [field]: keepDefaults(made.check, findCheck(target.template, name, field)),
    });
    records.push({
      name,
      field,
      ...(Object.hasOwn(container, field) && { former: container[field] }),
      volumeMounts: formerOf(container, 'volumeMounts'),
      mounts: mounts.map(({ mountPath }) => mountPath),
    });
    const command = readTextList(readObject(made.check, 'exec'), 'command');
    containers.push({ name, check: options.check, watches: sources.map(describeSource), command, keeps: made.keeps });
  }
  if (containers.length === 0) return explainNothing(podSpec, [...notes, ...found.skipped], options);
  notes.push(...found.skipped, ...noteInitUses(podSpec, options), ...noteLosses(ejected?.containers ?? [], records));

  const volumes = [
    { name: program, configMap: { name: nameConfigMap(carried), defaultMode: EXECUTABLE, optional: true } },
    ...(options.check === 'liveness' ? copies.list() : []),
  ];
  const metadata = readObject(template, 'metadata');
  const record: ProbeRecord = {
    v: 1,
    metadata: formerOf(template, 'metadata'),
    annotations: formerOf(metadata, 'annotations'),
    volumes: formerOf(podSpec, 'volumes'),
    added: volumes.map((volume) => readText(volume, 'name')),
    containers: records,
  };
  const replace = (field: string): JsonObject => {
    const list = podSpec[field];
    if (!Array.isArray(list)) return {};
    return { [field]: list.map((one: unknown) => (isJsonObject(one) ? (changed.get(one) ?? one) : one)) };
  };
  const injected = {
    ...template,
    metadata: {
      ...metadata,
      annotations: { ...readObject(metadata, 'annotations'), [PROBE_ANNOTATION]: JSON.stringify(record) },
    },
    spec: {
      ...podSpec,
      ...replace('initContainers'),
      ...replace('containers'),
      volumes: [...listMembers(podSpec, 'volumes'), ...volumes],
    },
  };
  return { template: injected, containers, notes };
}

/** The check of a container as it is before anything is taken out. */
function findCheck(template: JsonObject, container: string, field: string): JsonObject | undefined {
  const podSpec = readObject(template, 'spec');
  const all = ['initContainers', 'containers'].flatMap((list) => readObjects(podSpec, list));
  return readObject(
    all.find((one) => readText(one, 'name') === container),
    field,
  );
}

/** What the API server wrote into the probe of before, because nothing stood there, stays: it is no change. */
function keepDefaults(check: JsonObject, before: JsonObject | undefined): JsonObject {
  const isDefault =
    runsProbe(before) && before?.['successThreshold'] === 1 && !Object.hasOwn(check, 'successThreshold');
  return isDefault ? { ...check, successThreshold: 1 } : check;
}

function mayBeSeveral({ kind, replicas }: ProbeTarget): boolean {
  return kind !== 'Pod' && (replicas === null || replicas > 1);
}

/** A readiness probe that fails for anything but an unexpected content would stay so for ever: nothing restarts the container. */
function narrowToCheck(
  sources: readonly Source[],
  { check, expect }: ProbeOptions,
): { sources: readonly Source[] } | ProbeRefusal {
  if (check === 'liveness') return { sources };
  const volumes = sources.flatMap((source) => (source.kind === 'volume' ? [source] : []));
  if (expect === undefined || volumes.length === 0) return { sources: [] };
  if (volumes.length > 1) {
    return {
      refused: `one hash cannot be that of ${volumes.length} volumes (${volumes.map(({ dir }) => dir).join(', ')})`,
      hint: 'Say with --config and --container which volume it is.',
    };
  }
  return { sources: volumes.map((volume) => ({ ...volume, expect })) };
}

function listMembers(from: JsonObject, field: string): readonly unknown[] {
  const list = from[field];
  return Array.isArray(list) ? list : [];
}
