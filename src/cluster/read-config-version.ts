import { projectConfig } from '../objects/config.ts';
import type { ContentDigest } from '../objects/content.ts';
import { digestContent } from '../objects/content.ts';
import { configKind, listPath } from '../objects/kinds.ts';
import type { ConfigKind, ConfigObject, ObjectReference } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';

/** A config as it was at one moment. */
export interface ConfigVersion {
  config: ConfigObject;
  content: ContentDigest;
}

/** What the server tells of a config at a version: how it was, that it was not there, or nothing any more. */
export type ConfigAt = ConfigVersion | 'absent' | 'forgotten';

/**
 * Reads a config as it is, or as it was when the cluster was at a resourceVersion. The server keeps that for some minutes: it compacts
 * its store every five (`--etcd-compaction-interval`), and then answers 410.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
 * @param resourceVersion `null` for now
 * @throws as `Cluster.list`, but for 403 and 410, which are `forgotten`
 */
export async function readConfigAt(
  cluster: Cluster,
  { kind, ref }: { kind: ConfigKind; ref: ObjectReference },
  resourceVersion: string | null,
  signal?: AbortSignal,
): Promise<ConfigAt> {
  const query = {
    // A list and not a get: only lists can be asked for an exact version.
    fieldSelector: `metadata.name=${ref.name}`,
    ...(resourceVersion === null ? {} : { resourceVersion, resourceVersionMatch: 'Exact' }),
  };
  const project = (object: unknown): ConfigVersion => ({
    config: projectConfig({ object }, kind),
    content: digestContent(object, kind),
  });
  try {
    const path = listPath(configKind(kind), ref.namespace);
    const { items } = await cluster.list({ path, query, form: 'full', project, signal });
    return items[0] ?? 'absent';
  } catch (error) {
    if (error instanceof ApiError && (error.code === 403 || error.code === 410)) return 'forgotten';
    throw error;
  }
}
