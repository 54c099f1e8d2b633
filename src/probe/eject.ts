import { PROBE_ANNOTATION } from '../name.ts';
import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readText } from '../objects/json.ts';
import { PROBE_FILE } from './copies.ts';
import type { Former, ProbedRecord } from './record.ts';
import { readRecord } from './record.ts';

/** A template without the probe. */
export interface Ejection {
  template: JsonObject;
  /** The containers that lose it. */
  containers: ProbedRecord[];
  notes: string[];
}

/**
 * Takes out of a pod template what was injected, and nothing else: what others changed since stays. `null` where nothing was injected.
 * A template that nobody else changed is then what it was, to the last empty field.
 */
export function ejectProbe(template: JsonObject): Ejection | null {
  const record = readRecord(template);
  if (record === null) return null;
  const notes: string[] = [];
  const byName = new Map(record.containers.map((container) => [container.name, container]));
  const podSpec = readObject(template, 'spec') ?? {};
  const spec: Record<string, unknown> = { ...podSpec };
  for (const field of ['initContainers', 'containers']) {
    const list = podSpec[field];
    if (!Array.isArray(list)) continue;
    spec[field] = list.map((container: unknown) => {
      const probed = isJsonObject(container) ? byName.get(readText(container, 'name')) : undefined;
      return probed === undefined || !isJsonObject(container) ? container : restoreContainer(container, probed, notes);
    });
  }
  restoreList(spec, 'volumes', record.volumes, (volume) => record.added.includes(readText(volume, 'name')));

  const { [PROBE_ANNOTATION]: _, ...annotations } = readObject(readObject(template, 'metadata'), 'annotations') ?? {};
  const metadata: Record<string, unknown> = { ...readObject(template, 'metadata'), annotations };
  restoreObject(metadata, 'annotations', record.annotations);
  const restored: Record<string, unknown> = { ...template, metadata, spec };
  restoreObject(restored, 'metadata', record.metadata);
  return { template: restored, containers: record.containers, notes };
}

function restoreContainer(container: JsonObject, probed: ProbedRecord, notes: string[]): JsonObject {
  const restored: Record<string, unknown> = { ...container };
  const { field } = probed;
  if (runsProbe(readObject(container, field))) {
    if (Object.hasOwn(probed, 'former')) restored[field] = probed.former;
    else delete restored[field];
  } else notes.push(`the ${field} of container ${probed.name} was changed by somebody else since, and stays as it is`);
  const isOurs = (mount: JsonObject): boolean => probed.mounts.includes(readText(mount, 'mountPath'));
  restoreList(restored, 'volumeMounts', probed.volumeMounts, isOurs);
  return restored;
}

/** True for a check that begins with the probe. */
export function runsProbe(check: JsonObject | undefined): boolean {
  const command = readObject(check, 'exec')?.['command'];
  return Array.isArray(command) && command[0] === PROBE_FILE;
}

function restoreList(
  owner: Record<string, unknown>,
  field: string,
  former: Former,
  isOurs: (member: JsonObject) => boolean,
): void {
  const list = owner[field];
  if (!Array.isArray(list)) return;
  const kept = list.filter((member: unknown) => !(isJsonObject(member) && isOurs(member)));
  if (kept.length > 0 || former === 'there') owner[field] = kept;
  else if (former === 'null') owner[field] = null;
  else delete owner[field];
}

function restoreObject(owner: Record<string, unknown>, field: string, former: Former): void {
  const value = owner[field];
  if (!isJsonObject(value) || Object.keys(value).length > 0 || former === 'there') return;
  if (former === 'null') owner[field] = null;
  else delete owner[field];
}
