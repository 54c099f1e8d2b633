import { PROBE_ANNOTATION } from '../name.ts';
import type { JsonObject } from '../objects/json.ts';
import { parseJsonObject, readObject, readObjects, readText, readTextList } from '../objects/json.ts';

/** What a field was before: it was not there, it was `null`, or it was an object or a list that was added to. */
export type Former = 'absent' | 'null' | 'there';

/** A container that got the probe. */
export interface ProbedRecord {
  name: string;
  field: 'livenessProbe' | 'readinessProbe';
  /** The check before; left out where there was none. */
  former?: unknown;
  volumeMounts: Former;
  /** Paths of the mounts that were added. */
  mounts: string[];
}

/** What `probe inject` did to a pod template, so that `eject` can take out exactly that. */
export interface ProbeRecord {
  v: 1;
  metadata: Former;
  annotations: Former;
  volumes: Former;
  /** Names of the volumes that were added. */
  added: string[];
  containers: ProbedRecord[];
}

/** What a template says of it in its annotation; `null` where nothing was injected, or what stands there is not ours. */
export function readRecord(template: JsonObject | undefined): ProbeRecord | null {
  const text = readText(readObject(readObject(template, 'metadata'), 'annotations'), PROBE_ANNOTATION);
  return text === '' ? null : parseRecord(text);
}

/** Parses the annotation; `null` for what is no record of ours. */
export function parseRecord(text: string): ProbeRecord | null {
  const value = parseJsonObject(text);
  if (value === undefined || value['v'] !== 1) return null;
  const containers = readObjects(value, 'containers').flatMap((container): ProbedRecord[] => {
    const field = readText(container, 'field');
    if (field !== 'livenessProbe' && field !== 'readinessProbe') return [];
    return [
      {
        name: readText(container, 'name'),
        field,
        ...(Object.hasOwn(container, 'former') && { former: container['former'] }),
        volumeMounts: readFormer(container, 'volumeMounts'),
        mounts: readTextList(container, 'mounts'),
      },
    ];
  });
  return {
    v: 1,
    metadata: readFormer(value, 'metadata'),
    annotations: readFormer(value, 'annotations'),
    volumes: readFormer(value, 'volumes'),
    added: readTextList(value, 'added'),
    containers,
  };
}

/** What a field is now. */
export function formerOf(from: JsonObject | undefined, field: string): Former {
  const value = from?.[field];
  return value === undefined ? 'absent' : value === null ? 'null' : 'there';
}

/** What a template had of the probe, and has no more: it has one of one kind at a time. */
export function noteLosses(before: readonly ProbedRecord[], after: readonly ProbedRecord[]): string[] {
  return before
    .filter(({ name, field }) => !after.some((one) => one.name === name && one.field === field))
    .map(({ name, field }) => `container ${name}: the probe that it has as ${field} is taken out`);
}

function readFormer(from: JsonObject, field: string): Former {
  const text = readText(from, field);
  return text === 'absent' || text === 'null' ? text : 'there';
}
