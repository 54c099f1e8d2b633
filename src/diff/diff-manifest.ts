import { projectConfig } from '../objects/config.ts';
import type { JsonObject } from '../objects/json.ts';
import { readObject } from '../objects/json.ts';
import { readTexts } from '../objects/metadata.ts';
import { compareText } from '../objects/reference-order.ts';
import type { DiffField, DiffItem, DiffKey } from '../types.ts';
import type { ConfigValues } from './config-values.ts';
import { NO_VALUES, projectValues } from './config-values.ts';
import type { ValueOptions } from './diff-value.ts';
import { diffValue } from './diff-value.ts';
import type { ManifestConfig } from './pick-configs.ts';
import type { Preview } from './preview-apply.ts';

/**
 * The content of a config in the cluster against what it would be once its manifest were applied; `impact` is left empty.
 * @param liveName where the object in the cluster has another name than the manifest
 * @returns `null` when they are the same
 */
export function diffManifest(
  { ref, kind, file }: ManifestConfig,
  { live, merged }: Preview,
  options: ValueOptions,
  liveName = ref.name,
): DiffItem | null {
  const from = live === null ? NO_VALUES : projectValues(live, kind);
  const to = projectValues(merged, kind);
  const writes = new Map(
    live === null ? [] : projectConfig({ object: live }, kind).keys.map((write) => [write.key, write]),
  );
  const names = [...new Set([...from.values.keys(), ...to.values.keys()])].sort(compareText);
  const keys = names.flatMap((key): DiffKey[] => {
    const diff = diffValue(from.values.get(key) ?? null, to.values.get(key) ?? null, kind, options);
    const write = writes.get(key);
    return diff === null ? [] : [{ key, ...diff, changedAt: write?.at ?? null, changedBy: write?.by ?? null }];
  });
  const fields = live === null ? [] : diffFields(from, to);
  if (live !== null && keys.length === 0 && fields.length === 0 && liveName === ref.name) return null;
  return {
    config: ref,
    from: { source: 'cluster', evidence: null, name: liveName, exists: live !== null, file: '' },
    to: { source: 'manifest', evidence: null, name: ref.name, exists: true, file },
    workloads: [],
    fields,
    keys,
    impact: [],
  };
}

function diffFields(from: ConfigValues, to: ConfigValues): DiffField[] {
  const fields: DiffField[] = [
    { field: 'immutable', from: String(from.immutable), to: String(to.immutable) },
    { field: 'type', from: from.type, to: to.type },
  ];
  return fields.filter((field) => field.from !== field.to);
}

/** True when a manifest sets a label or an annotation that the object does not have so. No container sees them. */
export function changesMetadata(live: JsonObject, manifest: JsonObject): boolean {
  return ['labels', 'annotations'].some((field) => {
    const now = readTexts(readObject(live, 'metadata'), field);
    const wanted = readTexts(readObject(manifest, 'metadata'), field);
    return Object.entries(wanted).some(([name, value]) => now[name] !== value);
  });
}
