import { projectConfig } from '../objects/config.ts';
import type { ContentDigest } from '../objects/content.ts';
import { digestContent } from '../objects/content.ts';
import type { ConfigKind, ConfigObject, ObjectReference } from '../types.ts';
import type { Cluster } from './cluster.ts';
import { readConfigContent } from './read-config-content.ts';

/** A config as it was at one moment. */
export interface ConfigVersion {
  config: ConfigObject;
  content: ContentDigest;
}

/** What the server tells of a config at a version: how it was, that it was not there, or nothing any more. */
export type ConfigAt = ConfigVersion | 'absent' | 'forgotten';

/**
 * Reads a config as it is, or as it was, with hashes in the place of its values.
 * @param resourceVersion `null` for now
 * @throws as `readConfigContent`
 */
export async function readConfigAt(
  cluster: Cluster,
  { kind, ref }: { kind: ConfigKind; ref: ObjectReference },
  resourceVersion: string | null,
  signal?: AbortSignal,
): Promise<ConfigAt> {
  const object = await readConfigContent(cluster, { kind, ref, resourceVersion }, signal);
  if (typeof object === 'string') return object;
  return { config: projectConfig({ object }, kind), content: digestContent(object, kind) };
}
